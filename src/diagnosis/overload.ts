import { fitSlope } from '../record/fit-slope.ts';
import type { RunResult } from '../result/run-result.ts';

/** A load that the target does not take, over a stretch of one rate. */
export interface Overload {
  /** Messages a second. */
  readonly offeredPerSecond: number;
  /** Messages a second that came out at the recipients. */
  readonly takenPerSecond: number;
  /** Messages a second by which those that are under way grew. */
  readonly growthPerSecond: number;
}

const SECOND_US = 1_000_000;
/** Of fewer seconds nothing is said: what a burst leaves behind is no saturation. */
const LEAST_SECONDS = 4;
/** Below it growth is noise of messages that cross the border of a second. */
const LEAST_GROWTH_RATIO = 0.05;
const LEAST_GROWTH_PER_SECOND = 2;
/** What came and what was left behind are counted apart: together they have to be what was offered. */
const BALANCE_RATIO = 0.1;

/**
 * Of the stretches of measure in which the plan held one rate, the one with the largest share left behind: there offered = taken +
 * growth, each counted by itself, taken as deliveries over recipients of a message, growth as what is under way at the end of the stretch
 * over what was at its beginning. Null where nothing grew, or where the sum does not come out: messages that are lost are no backlog.
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
    const before = intervals.find(({ second }) => second === seconds[0]!.second - 1)?.inFlight ?? 0;
    const growthPerSecond = (seconds.at(-1)!.inFlight - before) / seconds.length;
    const slope =
      fitSlope(
        seconds.map(({ second }) => second),
        seconds.map(({ inFlight }) => inFlight),
      ) ?? 0;
    // A stall at the very end is no growth: all of the stretch has to be on its way up.
    const least = Math.max(LEAST_GROWTH_PER_SECOND, LEAST_GROWTH_RATIO * offeredPerSecond);
    const isGrowing = Math.min(slope, growthPerSecond) > least;
    const isBalanced =
      Math.abs(offeredPerSecond - takenPerSecond - growthPerSecond) <= BALANCE_RATIO * offeredPerSecond;
    return isGrowing && isBalanced ? [{ offeredPerSecond, takenPerSecond, growthPerSecond }] : [];
  });
  const share = ({ growthPerSecond, offeredPerSecond }: Overload) => growthPerSecond / offeredPerSecond;
  return found.reduce<Overload | null>((worst, one) => (worst && share(worst) >= share(one) ? worst : one), null);
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
