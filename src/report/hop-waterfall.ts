import { summarizeHistogram } from '../record/histogram-summary.ts';
import type { RunResult } from '../result/run-result.ts';

/** Where the time of a message goes on one way, hop after hop. */
export interface Waterfall {
  readonly way: 'delivery' | 'ack';
  /** Sum of the hops' means, µs. */
  readonly totalUs: number;
  readonly hops: readonly WaterfallHop[];
  /** The hop that takes most of the time. */
  readonly slowest: string;
}

export interface WaterfallHop {
  readonly name: string;
  /** Sum of the means of all hops before it, µs. */
  readonly startUs: number;
  readonly meanUs: number;
  readonly p95Us: number;
  /** Of the total, 0–1. */
  readonly share: number;
}

/** One waterfall per way, deliveries first; none where messages carried no stamps. Means, unlike percentiles, add up. */
export function hopWaterfalls({ samples }: RunResult): readonly Waterfall[] {
  return (['delivery', 'ack'] as const).flatMap((way) => {
    const summaries = samples.hops
      .filter((hop) => hop.way === way)
      .flatMap(({ name, histogram }) => {
        const summary = summarizeHistogram(histogram);
        return summary === null ? [] : [{ name, meanUs: summary.meanUs, p95Us: summary.p95Us }];
      });
    const totalUs = summaries.reduce((sum, { meanUs }) => sum + meanUs, 0);
    const slowest = summaries.reduce<(typeof summaries)[number] | null>(
      (most, hop) => (most === null || hop.meanUs > most.meanUs ? hop : most),
      null,
    );
    if (slowest === null || totalUs <= 0) return [];
    let startUs = 0;
    const hops = summaries.map((hop) => {
      const placed = { ...hop, startUs, share: hop.meanUs / totalUs };
      startUs += hop.meanUs;
      return placed;
    });
    return [{ way, totalUs, hops, slowest: slowest.name }];
  });
}
