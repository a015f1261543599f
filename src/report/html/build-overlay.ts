import type { Verdict } from '../../gate/verdict.ts';
import { formatCount, formatLatency, formatRate } from '../../quantities.ts';
import {
  type LatencySummary,
  percentileCurve,
  summarizeHistogram,
  summarizeWithLost,
} from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeLoad } from '../describe-load.ts';
import { describeVerdict } from '../describe-verdict.ts';
import { LATENCY_COLUMNS } from '../latency-columns.ts';
import { measureRates, queueStatistics } from '../run-statistics.ts';
import type { OverlayData } from './report-data.ts';

/** More curves in one chart cannot be told apart. */
export const MOST_OVERLAID = 10;

export interface OverlaidRun {
  readonly result: RunResult;
  readonly verdict: Verdict;
}

/**
 * The runs side by side, the report's own first; null where there is no other. Lost deliveries count as endless: a curve ends where
 * they begin.
 */
export function buildOverlay(own: OverlaidRun, others: readonly OverlaidRun[]): OverlayData | null {
  if (others.length === 0) return null;
  const runs = [own, ...others];
  const summaries = runs.map(({ result }) =>
    summarizeWithLost(result.samples.histograms.delivery, result.samples.ledger.lost),
  );
  const row = (name: string, yieldValue: (run: OverlaidRun) => string) => ({ name, values: runs.map(yieldValue) });
  return {
    runs: runs.map(({ result }, index) => ({
      name: `${letterOf(index)}: ${result.scenario.name}`,
      points: percentileCurve(result.samples.histograms.delivery, result.samples.ledger.lost),
    })),
    rows: [
      row('Verdict', ({ result, verdict }) => describeVerdict(result, verdict).word),
      row('Run', ({ result }) => result.id),
      row('Started', ({ result }) => result.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')),
      row('Load', ({ result }) => describeLoad(result.scenario.load)),
      row('Target', ({ result }) => describeTarget(result)),
      ...LATENCY_COLUMNS.map(([title, field]) => ({
        name: `delivery ${title}`,
        values: summaries.map((summary) => latencyOf(summary, field)),
      })),
      row('ack p95', ({ result }) => latencyOf(summarizeHistogram(result.samples.histograms.ack), 'p95Us')),
      row('Delivered', ({ result }) => formatRate(measureRates(result).deliveredPerSecond)),
      row('Lost', ({ result }) => formatCount(result.samples.ledger.lost)),
      row('Duplicated', ({ result }) => formatCount(result.samples.ledger.duplicated)),
      row('Queue peak', ({ result }) => describePeak(result)),
    ],
  };
}

/** A … Z, AA, AB, …: the columns of a spreadsheet. */
function letterOf(index: number): string {
  const before = Math.floor(index / 26);
  return `${before === 0 ? '' : letterOf(before - 1)}${String.fromCharCode(65 + (index % 26))}`;
}

function latencyOf(summary: LatencySummary | null, field: keyof LatencySummary): string {
  return formatLatency(summary?.[field] ?? null);
}

function describeTarget({ target }: RunResult): string {
  return target.topology === null ? target.kind : `${target.kind}, ${target.topology}`;
}

function describePeak({ queue, phases }: RunResult): string {
  const depth = queue === null ? null : queueStatistics(queue, phases).maxDepth;
  return depth === null ? 'no data' : formatCount(depth);
}
