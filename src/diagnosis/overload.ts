import { fitSlope } from '../record/fit-slope.ts';
import { summarizeHistogram } from '../record/histogram-summary.ts';
import type { RunResult } from '../result/run-result.ts';

/** A load that the target does not take, over a stretch of one rate. */
export interface Overload {
  /** Messages a second. */
  readonly offeredPerSecond: number;
  /** Messages a second that came out at the recipients. */
  readonly takenPerSecond: number;
  /** Messages a second that were left behind. */
  readonly growthPerSecond: number;
}

const SECOND_US = 1_000_000;
/** Of fewer seconds nothing is said: what a burst leaves behind is no saturation. */
const LEAST_SECONDS = 4;
/** Below it growth is noise of messages that cross the border of a second. */
const LEAST_GROWTH_RATIO = 0.05;
const LEAST_GROWTH_PER_SECOND = 2;
/** Of what the counts say is left behind, as much has to be seen under way. */
const LEAST_SEEN_RATIO = 0.5;

/**
 * Of the stretches of measure in which the plan held one rate, the one with the largest share left behind: growth = offered - taken,
 * each counted in its second, taken as deliveries over recipients of a message. What is under way at the end of each second has to bear
 * witness to it: it grows along a line, at half of that rate at the least. So have the latencies: where g of r messages a second are left
 * behind, what arrives at time t was due at t (r - g) / r, so that each second has waited g / r seconds longer than the one before.
 * Null where they do not: what is lost is no backlog, however long it is waited for.
 */
export function findOverload(result: RunResult): Overload | null {
  const { ledger, intervals } = result.samples;
  if (result.scenario.load.loop !== 'open' || ledger.sent === 0 || ledger.expected === 0) return null;
  const recipients = ledger.expected / ledger.sent;
  const found = listStretches(result).flatMap(({ fromUs, toUs }) => {
    const seconds = intervals.filter(({ second }) => second * SECOND_US >= fromUs && (second + 1) * SECOND_US <= toUs);
    if (seconds.length < LEAST_SECONDS) return [];
    const mean = (of: (interval: (typeof seconds)[number]) => number) =>
      seconds.reduce((sum, interval) => sum + of(interval), 0) / seconds.length;
    const offeredPerSecond = mean(({ sent }) => sent);
    const takenPerSecond = mean(({ delivered }) => delivered) / recipients;
    const growthPerSecond = offeredPerSecond - takenPerSecond;
    // Taken at the end of each second, as soon as the generator came to it: on a busy machine less exact than the counts.
    const seen =
      fitSlope(
        seconds.map(({ second }) => second),
        seconds.map(({ inFlight }) => inFlight),
      ) ?? 0;
    const least = Math.max(LEAST_GROWTH_PER_SECOND, LEAST_GROWTH_RATIO * offeredPerSecond);
    const isSeen =
      seen > least &&
      seen >= LEAST_SEEN_RATIO * growthPerSecond &&
      isWaitedFor(seconds, growthPerSecond / offeredPerSecond);
    return growthPerSecond > least && isSeen ? [{ offeredPerSecond, takenPerSecond, growthPerSecond }] : [];
  });
  const share = ({ growthPerSecond, offeredPerSecond }: Overload) => growthPerSecond / offeredPerSecond;
  return found.reduce<Overload | null>((worst, one) => (worst && share(worst) >= share(one) ? worst : one), null);
}

/** Whether the p95 of the seconds grows at half of the rate at the least; where hardly any second has a delivery, nothing contradicts it. */
function isWaitedFor(seconds: RunResult['samples']['intervals'], growthRatio: number): boolean {
  const p95s = seconds.flatMap(({ second, delivery }) => {
    const summary = summarizeHistogram(delivery);
    return summary === null ? [] : [{ second, us: summary.p95Us }];
  });
  if (p95s.length < LEAST_SECONDS) return true;
  const slope =
    fitSlope(
      p95s.map(({ second }) => second),
      p95s.map(({ us }) => us),
    ) ?? 0;
  return slope >= LEAST_SEEN_RATIO * growthRatio * SECOND_US;
}

/** Stages of one rate within measure; those that follow one another at the same rate are one. */
function listStretches({ scenario, phases }: RunResult): readonly { readonly fromUs: number; readonly toUs: number }[] {
  const stretches: { fromUs: number; toUs: number; rate: number }[] = [];
  let fromUs = phases.warmupEndUs;
  for (const { fromPerSecond, toPerSecond, durationUs } of scenario.load.stages) {
    const toUs = Math.min(phases.measureEndUs, fromUs + durationUs);
    const last = stretches.at(-1);
    if (fromPerSecond === toPerSecond && toUs > fromUs) {
      if (last !== undefined && last.rate === toPerSecond && last.toUs === fromUs) last.toUs = toUs;
      else stretches.push({ fromUs, toUs, rate: toPerSecond });
    }
    fromUs = toUs;
  }
  return stretches;
}
