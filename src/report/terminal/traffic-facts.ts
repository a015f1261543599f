import type { RunResult } from '../../result/run-result.ts';
import { formatCount, formatLatency } from '../quantities.ts';
import { type TrafficRow, trafficRows } from '../traffic-rows.ts';
import type { Palette } from './palette.ts';

/** A line for each kind of what clients did beside sending; none where they did nothing. */
export function trafficFacts(result: RunResult, palette: Palette): readonly string[] {
  return trafficRows(result).map((row) => {
    const failed = row.failed === 0 ? '' : `, ${palette.bad(`${formatCount(row.failed)} failed`)}`;
    return `${row.name}: ${formatCount(row.sent)} sent of ${formatCount(row.planned)}${failed}${outcomeOf(row)}`;
  });
}

function outcomeOf({ received, latency }: TrafficRow): string {
  if (received !== null) return `, ${formatCount(received)} received by others`;
  if (latency === null) return '';
  return `, p50 ${formatLatency(latency.p50Us)}, p95 ${formatLatency(latency.p95Us)}, p99 ${formatLatency(latency.p99Us)}`;
}
