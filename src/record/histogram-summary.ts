import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
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

type Histogram = ReturnType<typeof decodeFromCompressedBase64>;

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
  const histogram = decodeHistogram(encoded);
  if (histogram === null) return null;
  return {
    count: histogram.totalCount,
    meanUs: histogram.mean,
    p50Us: histogram.getValueAtPercentile(50),
    p90Us: histogram.getValueAtPercentile(90),
    p95Us: histogram.getValueAtPercentile(95),
    p99Us: histogram.getValueAtPercentile(99),
    p999Us: histogram.getValueAtPercentile(99.9),
    maxUs: histogram.maxValue,
  };
}

/**
 * Value by percentile, with steps that halve as they near 100 % (five per halving, HdrHistogram's percentile iteration), so
 * that every nine gets as many points as the one before. Ends with the largest value at 100. Empty where there is no value.
 *
 * @throws ChatbenchError `result-unreadable` where the text is no encoded histogram
 */
export function percentileCurve(encoded: string): readonly CurvePoint[] {
  const histogram = decodeHistogram(encoded);
  if (histogram === null) return [];
  const points: CurvePoint[] = [];
  const lastDistinctPercentile = 100 - 100 / histogram.totalCount;
  for (let percentile = 0; percentile <= lastDistinctPercentile; percentile = nextPercentile(percentile)) {
    if (percentile > 0) points.push({ percentile, valueUs: histogram.getValueAtPercentile(percentile) });
  }
  points.push({ percentile: 100, valueUs: histogram.maxValue });
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
  const histogram = decodeHistogram(encoded);
  const count = histogram?.totalCount ?? 0;
  if (count + lost === 0) return Number.NaN;
  const exactRank = (percentile / 100) * (count + lost);
  // Less two units in the last place: 99.9 / 100 · 1000 is a hair above 999 and would otherwise round up to the 1000th.
  const rank = Math.max(1, Math.ceil(exactRank - exactRank * 2 * Number.EPSILON));
  if (histogram === null || rank > count) return Number.POSITIVE_INFINITY;
  return histogram.getValueAtPercentile(((rank - 0.5) / count) * 100);
}

function nextPercentile(percentile: number): number {
  const halvings = Math.floor(Math.log2(100 / (100 - percentile))) + 1;
  return percentile + 100 / (TICKS_PER_HALF_DISTANCE * 2 ** halvings);
}

function decodeHistogram(encoded: string): Histogram | null {
  if (encoded === '') return null;
  try {
    const histogram = decodeFromCompressedBase64(encoded, COUNT_BITS);
    return histogram.totalCount === 0 ? null : histogram;
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
