import { COMPARE, parseThreshold, type Threshold } from '../gate/threshold.ts';
import { toHdr } from '../record/hdr-codec.ts';
import type { Histogram } from '../record/histogram.ts';
import type { LiveThreshold } from '../record/live-update.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { formatCount, formatDurationUs, formatRatio } from '../units.ts';

/** What is known of a run while it is under way. */
export interface RunSoFar {
  /** Latencies of the measured deliveries. */
  readonly delivery: Histogram;
  readonly skipped: number;
  /** Largest depth of the queue seen since measure began; null where none was seen. */
  readonly deepest: number | null;
  readonly connections: readonly ConnectionCounts[];
}

const PERCENTILE = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9, max: 100 } as const;

/**
 * The scenario's thresholds by what is known so far, for somebody who watches. It is not the verdict: what is known only at the
 * end (losses, acknowledgements) stays open, and lost deliveries cannot count yet.
 */
export function judgeLive({ thresholds }: Pick<Scenario, 'thresholds'>): (soFar: RunSoFar) => readonly LiveThreshold[] {
  const parsed = thresholds.map((expression) => ({ expression, parsed: parseThreshold(expression) }));
  return (soFar) =>
    parsed.map(({ expression, parsed }) => {
      const figure = parsed.ok ? figureOf(parsed.threshold, soFar) : null;
      if (!parsed.ok || figure === null) return { expression, actual: null, ok: null };
      const { operator, limit } = parsed.threshold;
      return { expression, actual: figure.text, ok: COMPARE[operator](figure.value, limit) };
    });
}

interface Figure {
  readonly value: number;
  readonly text: string;
}

function figureOf({ metric, statistic }: Threshold, soFar: RunSoFar): Figure | null {
  switch (metric.name) {
    case 'delivery': {
      const us = statistic === null ? null : latencyOf(soFar.delivery, statistic);
      return us === null ? null : { value: us, text: formatDurationUs(us) };
    }
    case 'skipped':
      return { value: soFar.skipped, text: formatCount(soFar.skipped) };
    case 'queue.depth.max':
      return soFar.deepest === null ? null : { value: soFar.deepest, text: formatCount(soFar.deepest) };
    case 'connect.success': {
      const attempted = soFar.connections.reduce((sum, counts) => sum + counts.attempted, 0);
      const opened = soFar.connections.reduce((sum, counts) => sum + counts.opened, 0);
      return attempted === 0 ? null : { value: opened / attempted, text: formatRatio(opened / attempted) };
    }
    default:
      return null;
  }
}

function latencyOf(histogram: Histogram, statistic: NonNullable<Threshold['statistic']>): number | null {
  if (histogram.count === 0) return null;
  if (statistic === 'mean') return histogram.sumUs / histogram.count;
  return toHdr(histogram).getValueAtPercentile(PERCENTILE[statistic]);
}
