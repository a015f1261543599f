import type { TrafficKind } from '../choices.ts';
import { formatCount, formatLatency } from '../quantities.ts';
import { type LatencySummary, summarizeHistogram } from '../record/histogram-summary.ts';
import type { RunResult } from '../result/run-result.ts';

/** What became of one kind of what clients did beside sending. */
export interface TrafficRow {
  readonly kind: TrafficKind;
  readonly name: string;
  readonly planned: number;
  readonly sent: number;
  readonly failed: number;
  /** Null where nobody is told of it. */
  readonly received: number | null;
  /** Null where nothing answers, or nothing did. */
  readonly latency: LatencySummary | null;
}

export const TRAFFIC_NAMES: Readonly<Record<TrafficKind, string>> = {
  typing: 'typing',
  receipts: 'read receipts',
  history: 'history reads',
};

/** Empty where clients did nothing else than send. */
export function trafficRows({ samples }: Pick<RunResult, 'samples'>): readonly TrafficRow[] {
  return (samples.traffic ?? []).map(({ latency, ...counts }) => ({
    ...counts,
    name: TRAFFIC_NAMES[counts.kind],
    latency: latency === null ? null : summarizeHistogram(latency),
  }));
}

/** What came of it: who was told, or how long the answers took; nothing where neither is known. */
export function trafficEnds({ received, latency }: TrafficRow): readonly string[] {
  if (received !== null) return [`${formatCount(received)} received by others`];
  if (latency === null) return [];
  return [`p50 ${formatLatency(latency.p50Us)}`, `p95 ${formatLatency(latency.p95Us)}`];
}
