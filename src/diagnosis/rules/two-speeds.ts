import { formatLatency, formatShare } from '../../quantities.ts';
import { readDistribution } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';
import { findOverload } from '../overload.ts';
import { slowGateway } from './slow-gateway.ts';

/** Bands of the logarithm of latency: ten for each power of ten. */
const BANDS_PER_DECADE = 10;
const LEAST_SHARE = 0.1;
/** What lies between both, over the smaller of their peaks. */
const MOST_BETWEEN_RATIO = 0.1;
const LEAST_RATIO = 4;
const LEAST_US = 5_000;
const SECOND_US = 1_000_000;
/** Of the share of slow deliveries: what half of the seconds have to have. */
const LEAST_PART_RATIO = 0.5;
const LEAST_DELIVERIES = 500;

interface Cut {
  /** Between both heaps, µs. */
  readonly atUs: number;
  readonly slowShare: number;
  readonly fastUs: number;
  readonly slowUs: number;
}

/**
 * Deliveries come at two speeds with next to none between: two ways through the target, such as a cache and its misses, or two servers of
 * unequal speed. Not told of an overload, in which everything between comes up in its time, nor where it is known which gateway is slow.
 */
export function twoSpeeds(result: RunResult): Finding {
  const distribution = readDistribution(result.samples.histograms.delivery);
  if (distribution === null || distribution.summary.count < LEAST_DELIVERIES) return null;
  if (findOverload(result) !== null || slowGateway(result) !== null) return null;
  const cut = findCut(distribution.topsUs, distribution.counts);
  if (cut === null || isOfFewSeconds(result, cut)) return null;
  const { slowShare, fastUs, slowUs } = cut;
  return {
    text: `Deliveries come at two speeds: ${formatShare(1 - slowShare)} around ${formatLatency(fastUs)}, ${formatShare(slowShare)} around ${formatLatency(slowUs)}, and next to none between. They take two ways through the target: find what tells them apart.`,
    evidence: { fastUs, slowUs, slowShare },
  };
}

/**
 * Whether half of the seconds have less than half of their part of the slow deliveries. Then those are of some stretches of time, such as
 * stalls, and not of some ways through the target.
 */
function isOfFewSeconds({ samples, phases }: RunResult, { atUs, slowShare }: Cut): boolean {
  const shares = samples.intervals
    .filter(({ second }) => second * SECOND_US >= phases.warmupEndUs && (second + 1) * SECOND_US <= phases.measureEndUs)
    .flatMap(({ delivery }) => {
      const distribution = readDistribution(delivery);
      if (distribution === null) return [];
      const { topsUs, counts, summary } = distribution;
      return [counts.reduce((sum, count, index) => (topsUs[index]! >= atUs ? sum + count : sum), 0) / summary.count];
    })
    .sort((one, other) => one - other);
  const median = shares[Math.floor(shares.length / 2)];
  return median !== undefined && median < LEAST_PART_RATIO * slowShare;
}

/** Where the bands fall apart into two heaps; null where they are one. */
function findCut(topsUs: readonly number[], counts: readonly number[]): Cut | null {
  const bands: number[] = [];
  for (const [index, us] of topsUs.entries()) {
    const band = Math.round(Math.log10(Math.max(1, us)) * BANDS_PER_DECADE);
    bands[band] = (bands[band] ?? 0) + counts[index]!;
  }
  const filled = Array.from(bands, (count) => count ?? 0);
  const total = filled.reduce((sum, count) => sum + count, 0);
  const peakOf = (from: number, to: number) => {
    let peak = from;
    for (let band = from; band < to; band++) if (filled[band]! > filled[peak]!) peak = band;
    return peak;
  };
  let best: (Cut & { readonly between: number }) | null = null;
  for (let at = 1; at < filled.length - 1; at++) {
    const slow = filled.slice(at).reduce((sum, count) => sum + count, 0);
    if (slow < LEAST_SHARE * total || slow > (1 - LEAST_SHARE) * total) continue;
    const [low, high] = [peakOf(0, at), peakOf(at, filled.length)];
    const between = filled[at]! / Math.min(filled[low]!, filled[high]!);
    const [fastUs, slowUs] = [low, high].map((band) => 10 ** (band / BANDS_PER_DECADE)) as [number, number];
    const isApart = slowUs >= LEAST_RATIO * fastUs && slowUs - fastUs >= LEAST_US && between <= MOST_BETWEEN_RATIO;
    if (isApart && (best === null || between < best.between))
      best = { atUs: 10 ** (at / BANDS_PER_DECADE), slowShare: slow / total, fastUs, slowUs, between };
  }
  return best;
}
