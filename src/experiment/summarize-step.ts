import { measuredDeliveryRate } from '../record/delivered-per-second.ts';
import { summarizeHistogram, summarizeWithLost } from '../record/histogram-summary.ts';
import { readHopLoads } from '../record/hop-loads.ts';
import { observedOfRun } from '../record/observed-statistics.ts';
import { maxQueueDepth, queueDrainUs } from '../record/queue-depths.ts';
import type { StepFigures } from '../result/experiment-result.ts';
import type { RunResult } from '../result/run-result.ts';

/** The figures of a run that a table or a curve of many runs shows. */
export function summarizeStep(result: RunResult): StepFigures {
  const { samples, phases, queue } = result;
  const { histograms, ledger } = samples;
  const lengthUs = phases.measureEndUs - phases.warmupEndUs;
  const delivery = summarizeWithLost(histograms.delivery, ledger.lost);
  const [first, median, last] = (['fanoutFirst', 'fanoutMedian', 'fanoutLast'] as const).map((name) =>
    summarizeFanout(result, name),
  );
  return {
    offeredPerSecond: lengthUs > 0 ? ((ledger.sent + ledger.skipped + ledger.unsendable) * 1e6) / lengthUs : null,
    deliveredPerSecond: measuredDeliveryRate(result),
    p50Us: finite(delivery?.p50Us),
    p95Us: finite(delivery?.p95Us),
    p99Us: finite(delivery?.p99Us),
    fanoutFirstP50Us: finite(first?.p50Us),
    fanoutFirstP95Us: finite(first?.p95Us),
    fanoutMedianP50Us: finite(median?.p50Us),
    fanoutMedianP95Us: finite(median?.p95Us),
    fanoutLastP50Us: finite(last?.p50Us),
    fanoutLastP95Us: finite(last?.p95Us),
    lost: ledger.lost,
    duplicated: ledger.duplicated,
    reordered: ledger.reordered,
    queueDepthMax: queue === null ? null : maxQueueDepth(queue, phases.warmupEndUs),
    queueDrainUs: queue === null ? null : finite(queueDrainUs(queue, phases.measureEndUs)),
    ...(result.observed === undefined
      ? {}
      : { observed: result.observed.map((series) => summarizeObserved(series, phases)) }),
    ...(samples.hops.length === 0 ? {} : { hops: summarizeHops(result) }),
  };
}

function summarizeHops({ samples, processes, phases }: RunResult) {
  return readHopLoads(samples.hops, processes, phases).map(({ name, meanUs, process }) => {
    return { name, meanUs, process: process?.name ?? null, cpuRatio: process?.cpuRatio ?? null };
  });
}

function summarizeObserved(series: NonNullable<RunResult['observed']>[number], phases: RunResult['phases']) {
  const { mean, max } = observedOfRun(series, phases);
  return { name: series.name, unit: series.unit, mean, max };
}

/** Messages of which that recipient never got its copy count as infinitely late, as lost deliveries do. */
function summarizeFanout({ samples }: RunResult, name: 'fanoutFirst' | 'fanoutMedian' | 'fanoutLast') {
  const { sent, limited } = samples.ledger;
  const encoded = samples.histograms[name];
  return summarizeWithLost(encoded, Math.max(0, sent - limited - (summarizeHistogram(encoded)?.count ?? 0)));
}

function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}
