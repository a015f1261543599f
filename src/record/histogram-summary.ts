import { decodeHistogram } from './hdr-codec.ts';
import { highestValueOf, type SparseHistogram } from './histogram.ts';
import { percentileOf } from './percentile-of.ts';

/** Statistics of one histogram. Values in µs at three significant digits: each is the top of its bucket. */
export interface LatencySummary {
  readonly count: number;
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p95Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
}

/** One point of the percentile curve: `percentile` (0–100] of the values are at most `valueUs`. */
export interface CurvePoint {
  readonly percentile: number;
  readonly valueUs: number;
}

const TICKS_PER_HALF_DISTANCE = 5;

/**
 * The statistics of an encoded histogram (HdrHistogram V2, compressed, base64), or null where it holds no value: an empty
 * histogram would otherwise answer 0 for every percentile.
 *
 * @throws ChatbenchError `result-unreadable` where the text is no such histogram
 */
export function summarizeHistogram(encoded: string): LatencySummary | null {
  return summarizeWithLost(encoded, 0);
}

/**
 * The same over recorded values and lost ones together, each lost one at infinity: percentiles rise as loss rises, and the mean is
 * infinite with any. Null where nothing was recorded and nothing lost.
 *
 * @param lost deliveries that never arrived, ≥ 0
 * @throws ChatbenchError `result-unreadable` where the text is no such histogram
 */
export function summarizeWithLost(encoded: string, lost: number): LatencySummary | null {
  const recorded = decodeHistogram(encoded);
  return recorded.count + lost === 0 ? null : summarize(recorded, lost);
}

/** The statistics together with the distribution itself: the top of each bucket that holds values, µs, and how many it holds. */
export interface Distribution {
  readonly summary: LatencySummary;
  readonly topsUs: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Like `summarizeHistogram`, with the distribution: decoding is what takes the time.
 *
 * @throws ChatbenchError `result-unreadable` where the text is no encoded histogram
 */
export function readDistribution(encoded: string): Distribution | null {
  const recorded = decodeHistogram(encoded);
  if (recorded.count === 0) return null;
  const topsUs: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < recorded.pairs.length; i += 2) {
    topsUs.push(highestValueOf(recorded.pairs[i]!));
    counts.push(recorded.pairs[i + 1]!);
  }
  return { summary: summarize(recorded), topsUs, counts };
}

function summarize(recorded: SparseHistogram, lost = 0): LatencySummary {
  const at = (percentile: number) => percentileOf(recorded, percentile, lost);
  return {
    count: recorded.count + lost,
    meanUs: lost > 0 ? Number.POSITIVE_INFINITY : recorded.sumUs / recorded.count,
    p50Us: at(50),
    p90Us: at(90),
    p95Us: at(95),
    p99Us: at(99),
    p999Us: at(99.9),
    maxUs: at(100),
  };
}

/**
 * Value by percentile, with steps that halve as they near 100 % (five per halving, HdrHistogram's percentile iteration), so
 * that every nine gets as many points as the one before. Ends with the largest value at 100, or where lost values begin. Empty
 * where there is no value.
 *
 * @param lost values that never came, behind all others, ≥ 0
 * @throws ChatbenchError `result-unreadable` where the text is no encoded histogram
 */
export function percentileCurve(encoded: string, lost = 0): readonly CurvePoint[] {
  const recorded = decodeHistogram(encoded);
  if (recorded.count === 0) return [];
  const at = (percentile: number) => percentileOf(recorded, percentile, lost);
  const points: CurvePoint[] = [];
  const lastDistinctPercentile = 100 - 100 / (recorded.count + lost);
  for (
    let percentile = nextPercentile(0);
    percentile <= lastDistinctPercentile;
    percentile = nextPercentile(percentile)
  ) {
    points.push({ percentile, valueUs: at(percentile) });
  }
  points.push({ percentile: 100, valueUs: at(100) });
  return points.filter(({ valueUs }) => valueUs !== Number.POSITIVE_INFINITY);
}

function nextPercentile(percentile: number): number {
  const halvings = Math.floor(Math.log2(100 / (100 - percentile))) + 1;
  return percentile + 100 / (TICKS_PER_HALF_DISTANCE * 2 ** halvings);
}
