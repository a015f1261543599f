import { decodeFromCompressedBase64, type JsHistogram } from 'hdr-histogram-js';
import { ChatbenchError } from '../errors.ts';

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

/** The buckets of a histogram that hold values, lowest first. At least one. */
interface Recorded {
  readonly count: number;
  readonly meanUs: number;
  /** Top of each bucket. */
  readonly topsUs: readonly number[];
  /** How many values lie in each bucket and all before it. */
  readonly upTo: readonly number[];
}

/** Buckets that count to 2^53: narrower ones overflow without a sign. */
const COUNT_BITS = 64;

const TICKS_PER_HALF_DISTANCE = 5;

/**
 * The statistics of an encoded histogram (HdrHistogram V2, compressed, base64), or null where it holds no value: an empty
 * histogram would otherwise answer 0 for every percentile.
 *
 * @throws ChatbenchError `result-unreadable` where the text is no such histogram
 */
export function summarizeHistogram(encoded: string): LatencySummary | null {
  const recorded = decodeHistogram(encoded);
  return recorded === null ? null : summarize(recorded);
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
  if (recorded === null) return null;
  const { topsUs, upTo } = recorded;
  const counts = upTo.map((count, index) => count - (upTo[index - 1] ?? 0));
  return { summary: summarize(recorded), topsUs, counts };
}

function summarize(recorded: Recorded): LatencySummary {
  const at = (percentile: number) => valueAtRank(recorded, rankOf(percentile, recorded.count));
  return {
    count: recorded.count,
    meanUs: recorded.meanUs,
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
 * that every nine gets as many points as the one before. Ends with the largest value at 100. Empty where there is no value.
 *
 * @throws ChatbenchError `result-unreadable` where the text is no encoded histogram
 */
export function percentileCurve(encoded: string): readonly CurvePoint[] {
  const recorded = decodeHistogram(encoded);
  if (recorded === null) return [];
  const at = (percentile: number) => valueAtRank(recorded, rankOf(percentile, recorded.count));
  const points: CurvePoint[] = [];
  const lastDistinctPercentile = 100 - 100 / recorded.count;
  for (
    let percentile = nextPercentile(0);
    percentile <= lastDistinctPercentile;
    percentile = nextPercentile(percentile)
  ) {
    points.push({ percentile, valueUs: at(percentile) });
  }
  points.push({ percentile: 100, valueUs: at(100) });
  return points;
}

/**
 * The percentile over recorded values and lost ones together, µs, where each lost delivery sits at infinity: it rises as
 * loss rises. Infinity where the rank falls among the lost; NaN where nothing was recorded and nothing lost.
 *
 * rank = ⌈percentile / 100 · (count + lost)⌉
 *
 * @param lost        deliveries that never arrived, ≥ 0
 * @param percentile  (0, 100]
 * @throws ChatbenchError `result-unreadable` where the text is no encoded histogram
 */
export function percentileWithLostUs(encoded: string, lost: number, percentile: number): number {
  const recorded = decodeHistogram(encoded);
  const count = recorded?.count ?? 0;
  if (count + lost === 0) return Number.NaN;
  const rank = rankOf(percentile, count + lost);
  return recorded === null || rank > count ? Number.POSITIVE_INFINITY : valueAtRank(recorded, rank);
}

/** The rank, 1 … count, of the value that `percentile` of all values do not exceed. */
function rankOf(percentile: number, count: number): number {
  const exact = (percentile / 100) * count;
  // Less two units in the last place: 99.9 / 100 · 1000 is a hair above 999 and would otherwise round up to the 1000th.
  return Math.max(1, Math.ceil(exact - exact * 2 * Number.EPSILON));
}

function valueAtRank(recorded: Recorded, rank: number): number {
  const bucket = recorded.upTo.findIndex((count) => count >= rank);
  return recorded.topsUs[bucket] ?? Number.NaN;
}

function nextPercentile(percentile: number): number {
  const halvings = Math.floor(Math.log2(100 / (100 - percentile))) + 1;
  return percentile + 100 / (TICKS_PER_HALF_DISTANCE * 2 ** halvings);
}

function decodeHistogram(encoded: string): Recorded | null {
  if (encoded === '') return null;
  try {
    const histogram = decodeFromCompressedBase64(encoded, COUNT_BITS);
    return histogram.totalCount === 0 ? null : recordedBuckets(histogram as JsHistogram);
  } catch (cause) {
    throw new ChatbenchError(
      'result-unreadable',
      'a histogram of the result cannot be decoded: expected HdrHistogram V2',
      {
        hint: 'the file was changed or cut short; run the scenario again',
        cause,
      },
    );
  }
}

/** One pass over the buckets: the library walks them anew for every percentile, which tells with hundreds of histograms. */
function recordedBuckets(histogram: JsHistogram): Recorded {
  const topsUs: number[] = [];
  const upTo: number[] = [];
  let count = 0;
  let sumUs = 0;
  for (let index = 0; index < histogram.countsArrayLength; index++) {
    const inBucket = histogram.getCountAtIndex(index);
    if (inBucket === 0) continue;
    const valueUs = histogram.valueFromIndex(index);
    count += inBucket;
    sumUs += inBucket * histogram.medianEquivalentValue(valueUs);
    topsUs.push(histogram.highestEquivalentValue(valueUs));
    upTo.push(count);
  }
  return { count, meanUs: sumUs / count, topsUs, upTo };
}
