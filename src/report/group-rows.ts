import { formatCount, formatLatency, formatPlural } from '../quantities.ts';
import { type LatencySummary, summarizeHistogram } from '../record/histogram-summary.ts';
import type { RunResult } from '../result/run-result.ts';
import { TRAFFIC_NAMES } from './traffic-rows.ts';

/** What came of one group of clients. */
export interface GroupRow {
  readonly name: string;
  readonly clients: number;
  readonly planned: number;
  readonly sent: number;
  /** Of its messages, what their recipients never got. */
  readonly lost: number;
  /** Of what its clients were to get, what they never got. */
  readonly lostTo: number;
  /** Deliveries of its messages; null where there were none. */
  readonly delivery: LatencySummary | null;
  /** Deliveries to its clients. */
  readonly received: LatencySummary | null;
  /** Reads of history and the like: in words. */
  readonly besides: readonly string[];
}

/** Empty where all clients do the same. */
export function groupRows({ samples }: Pick<RunResult, 'samples'>): readonly GroupRow[] {
  return (samples.groups ?? []).map(({ name, clients, ledger, delivery, received, traffic }) => ({
    name,
    clients,
    planned: ledger.planned,
    sent: ledger.sent,
    lost: ledger.lost,
    lostTo: received.lost,
    delivery: summarizeHistogram(delivery),
    received: summarizeHistogram(received.delivery),
    besides: traffic
      .filter(({ planned }) => planned > 0)
      .map(({ kind, planned, sent, latency }) => {
        const times = latency === null ? null : summarizeHistogram(latency);
        const p95 = times === null ? '' : `, p95 ${formatLatency(times.p95Us)}`;
        return `${TRAFFIC_NAMES[kind]}: ${formatCount(sent)} of ${formatCount(planned)}${p95}`;
      }),
  }));
}

/** "15 clients", "1,500 of 1,500 sent", …: the figures of a group in words; the count of what is lost stands by itself. */
export function groupFigures(row: GroupRow): readonly string[] {
  const { clients, planned, sent, delivery, received, besides } = row;
  return [
    formatPlural(clients, 'client'),
    planned === 0 ? 'sends nothing' : `${formatCount(sent)} of ${formatCount(planned)} sent`,
    ...(delivery === null ? [] : [`delivery of these p95 ${formatLatency(delivery.p95Us)}`]),
    ...(received === null ? [] : [`to them p95 ${formatLatency(received.p95Us)}`]),
    ...besides,
  ];
}

/** Of its messages and to its clients; none where nothing is lost. */
export function groupLosses({ lost, lostTo }: GroupRow): readonly string[] {
  return [
    ...(lost > 0 ? [`${formatCount(lost)} of these lost`] : []),
    ...(lostTo > 0 ? [`${formatCount(lostTo)} to them lost`] : []),
  ];
}
