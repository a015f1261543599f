import { deliveredPerSecond } from '../record/delivered-per-second.ts';
import { summarizeHistogram, summarizeWithLost } from '../record/histogram-summary.ts';
import { maxQueueDepth, queueDrainUs } from '../record/queue-depths.ts';
import type { StepFigures } from '../result/experiment-result.ts';
import type { RunResult } from '../result/run-result.ts';

/** The figures of a run that a table or a curve of many runs shows. */
export function summarizeStep({ samples, phases, queue }: RunResult): StepFigures {
  const { histograms, ledger, intervals } = samples;
  const lengthUs = phases.measureEndUs - phases.warmupEndUs;
  const delivery = summarizeWithLost(histograms.delivery, ledger.lost);
  return {
    offeredPerSecond: lengthUs > 0 ? ((ledger.sent + ledger.skipped) * 1e6) / lengthUs : null,
    deliveredPerSecond: deliveredPerSecond(intervals, phases.warmupEndUs, phases.measureEndUs),
    p50Us: finite(delivery?.p50Us),
    p95Us: finite(delivery?.p95Us),
    p99Us: finite(delivery?.p99Us),
    fanoutLastP95Us: summarizeHistogram(histograms.fanoutLast)?.p95Us ?? null,
    lost: ledger.lost,
    duplicated: ledger.duplicated,
    reordered: ledger.reordered,
    queueDepthMax: queue === null ? null : maxQueueDepth(queue, phases.warmupEndUs),
    queueDrainUs: queue === null ? null : finite(queueDrainUs(queue, phases.measureEndUs)),
  };
}

function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}
