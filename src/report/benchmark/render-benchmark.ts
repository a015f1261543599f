import type { Verdict } from '../../gate/verdict.ts';
import { summarizeHistogram, summarizeWithLost } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import { queueStatistics } from '../run-statistics.ts';
import { serviceTimeLabel } from '../service-time-label.ts';

/** One figure of a history of benchmarks; the smaller, the better. */
export interface BenchmarkEntry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly extra: string;
}

const PERCENTILES = [
  ['p50', 'p50Us'],
  ['p95', 'p95Us'],
  ['p99', 'p99Us'],
  ['p99.9', 'p999Us'],
] as const;

/**
 * The run as the JSON that benchmark-tracking actions keep a history of (`customSmallerIsBetter`): delivery percentiles, ledger
 * and queue. A percentile that falls among lost deliveries has no figure and is left out; `lost` tells of them. An invalid run
 * yields an empty list: its figures must not enter a history.
 */
export function renderBenchmark(result: RunResult, verdict: Verdict): string {
  const entries = verdict.status === 'invalid' ? [] : listEntries(result);
  return `${JSON.stringify(entries, null, 2)}\n`;
}

function listEntries(result: RunResult): readonly BenchmarkEntry[] {
  const { ledger, histograms } = result.samples;
  const extra = `run ${result.id}, target ${result.target.kind}, verdict by ${result.scenario.thresholds.join(' and ') || 'no threshold'}`;
  const entry = (name: string, unit: string, value: number | null): readonly BenchmarkEntry[] =>
    value === null || !Number.isFinite(value) ? [] : [{ name: `${result.scenario.name}: ${name}`, unit, value, extra }];
  const queue = result.queue === null ? null : queueStatistics(result.queue, result.phases);
  const delivery = summarizeWithLost(histograms.delivery, ledger.lost);
  // A name of its own, since a history must not go from one kind of figure to the other.
  const label = serviceTimeLabel(result);
  return [
    ...PERCENTILES.flatMap(([name, percentile]) =>
      entry(`delivery ${name}${label}`, 'ms', inMs(delivery?.[percentile])),
    ),
    ...entry(`ack p95${label}`, 'ms', inMs(summarizeHistogram(histograms.ack)?.p95Us)),
    ...entry('connect p95', 'ms', inMs(summarizeHistogram(histograms.connect)?.p95Us)),
    ...entry('lost', 'deliveries', ledger.lost),
    ...entry('duplicated', 'deliveries', ledger.duplicated),
    ...entry('reordered', 'deliveries', ledger.reordered),
    ...entry('queue peak', 'messages', queue?.maxDepth ?? null),
    ...entry('queue drain', 'ms', inMs(queue?.drainUs)),
  ];
}

function inMs(us: number | null | undefined): number | null {
  return us === null || us === undefined ? null : us / 1000;
}
