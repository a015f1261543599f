import type { ThresholdOutcome, Verdict } from '../../gate/verdict.ts';
import { formatCount, formatLatency, formatRate, tellLatency } from '../../quantities.ts';
import { summarizeHistogram, summarizeWithLost } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import { parseDurationUs } from '../../units.ts';
import { FOLLOWS } from '../deliveries-per-message.ts';
import { measureRates } from '../run-statistics.ts';
import { serviceTimeLabel } from '../service-time-label.ts';
import type { LimitLine, Tile } from './report-data.ts';

/** The figures that a run is known by, each beside what was wanted of it. What was missed besides has a tile of its own. */
export function buildTiles(result: RunResult, { thresholds }: Verdict): readonly Tile[] {
  const { delivery: encoded } = result.samples.histograms;
  const { lost, expected } = result.samples.ledger;
  const delivery = summarizeHistogram(encoded) ?? summarizeWithLost(encoded, lost);
  const label = serviceTimeLabel(result);
  const latency = (statistic: string, us: number | null | undefined): Tile => ({
    name: `delivery ${statistic}${label}`,
    value: formatLatency(us ?? null),
    ...wanted(thresholds, `delivery.${statistic}`),
  });
  const tiles = [
    latency('p95', delivery?.p95Us),
    latency('p50', delivery?.p50Us),
    latency('p99', delivery?.p99Us),
    deliveredTile(result),
    {
      name: 'lost',
      value: formatCount(lost),
      limit: `of ${formatCount(expected)}`,
      state: stateOf(findWhole(thresholds, 'lost')) ?? (lost > 0 ? ('missed' as const) : null),
    },
  ];
  const told = new Set(['delivery.p95', 'delivery.p50', 'delivery.p99', 'lost']);
  const others = thresholds.filter((outcome) => !outcome.ok && !(isWhole(outcome) && told.has(partsOf(outcome)![0])));
  return [...tiles, ...others.slice(0, MOST_OTHERS).map(otherTile)];
}

/** Thresholds on percentiles of delivery as lines of the chart over time. */
export function buildLimitLines({ thresholds }: Verdict): readonly LimitLine[] {
  return thresholds.flatMap(({ expression, ok }) => {
    const [, value] = /^\s*delivery\.p[\d.]+\s*<=?\s*(\S+)/.exec(expression) ?? [];
    const parsed = value === undefined ? null : parseDurationUs(value);
    return parsed?.ok === true ? [{ expression, atUs: parsed.value, ok }] : [];
  });
}

const MOST_OTHERS = 3;

/** What could have been delivered: all that the schedule offered, to each recipient. */
function deliveredTile(result: RunResult): Tile {
  const { warmupEndUs, measureEndUs } = result.phases;
  const { planned, sent, expected } = result.samples.ledger;
  const { deliveredPerSecond } = measureRates(result);
  const seconds = (measureEndUs - warmupEndUs) / 1e6;
  const recipients = sent === 0 ? 1 : expected / sent;
  // A closed loop has no schedule: what it plans is what it sends.
  const wantedPerSecond = seconds > 0 ? (planned * recipients) / seconds : null;
  const isBehind =
    wantedPerSecond !== null && deliveredPerSecond !== null && deliveredPerSecond < wantedPerSecond * FOLLOWS;
  return {
    name: 'delivered',
    value: formatRate(deliveredPerSecond),
    limit: wantedPerSecond === null ? null : `of ${formatRate(wantedPerSecond)}`,
    state: isBehind ? 'behind' : null,
  };
}

function otherTile(outcome: ThresholdOutcome): Tile {
  const [subject, limit] = partsOf(outcome) ?? [outcome.expression, null];
  return { name: subject, value: outcome.actual, limit, state: stateOf(outcome) };
}

function wanted(thresholds: readonly ThresholdOutcome[], subject: string): Pick<Tile, 'limit' | 'state'> {
  const outcome = findWhole(thresholds, subject);
  return { limit: outcome === null ? null : (partsOf(outcome)?.[1] ?? null), state: stateOf(outcome) };
}

/** Of several the one that is furthest from holding. */
function findWhole(thresholds: readonly ThresholdOutcome[], subject: string): ThresholdOutcome | null {
  const its = thresholds.filter((outcome) => isWhole(outcome) && partsOf(outcome)![0] === subject);
  return its.find(({ ok, undecided }) => !ok && undecided === undefined) ?? its.find(({ ok }) => !ok) ?? its[0] ?? null;
}

function stateOf(outcome: ThresholdOutcome | null): Tile['state'] {
  if (outcome === null) return null;
  if (outcome.undecided !== undefined) return 'undecided';
  return outcome.ok ? 'holds' : 'missed';
}

/** Whether it is of all messages and of the run as a whole. */
function isWhole(outcome: ThresholdOutcome): boolean {
  return partsOf(outcome) !== null;
}

/** "delivery.p95 < 170ms" → what it is of, and "of 170 ms"; null of one that is of a part of the run, or of a group. */
function partsOf({ expression }: ThresholdOutcome): readonly [subject: string, limit: string] | null {
  const [, subject, operator, value] = /^\s*([\w.]+)\s*([<>]=?|[=!]=)\s*(\S+)\s*$/.exec(expression) ?? [];
  if (subject === undefined || operator === undefined || value === undefined) return null;
  const time = parseDurationUs(value);
  // As round as it was written.
  const limit = time.ok ? tellLatency(time.value) : value;
  return [subject, operator.startsWith('<') ? `of ${limit}` : `${operator} ${limit}`];
}
