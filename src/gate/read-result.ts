import { decodeHistogram } from '../record/hdr-codec.ts';
import type { SparseHistogram } from '../record/histogram.ts';
import type { MetricName } from '../record/metric-names.ts';
import type { OwnShare } from '../record/own-share.ts';
import { queueDrainUs } from '../record/queue-depths.ts';
import type { RunResult } from '../result/run-result.ts';
import type { Times } from './statistic.ts';

/**
 * Times of an encoded histogram.
 *
 * @param encoded  HdrHistogram's encoding, or empty
 * @param missing  values that should have been recorded and were not; fewer than none count as none
 */
export function timesOf(encoded: string, missing: number): Times {
  return { recorded: decodeHistogram(encoded), missing: Math.max(0, missing) };
}

/** What the generator added to the times of a metric; null where that was not recorded. */
export function ownOf({ own }: RunResult['samples'], name: MetricName): Times['own'] {
  return decodeOwn(own?.[name] ?? null);
}

function decodeOwn(share: OwnShare<string> | null): OwnShare<SparseHistogram> | null {
  return share && { measured: decodeHistogram(share.measured), without: decodeHistogram(share.without) };
}

/** Per message; missing are those of which some or all recipients never got theirs. Null where recipients come and go. */
export function fanoutTimes(
  { samples, scenario }: RunResult,
  name: 'fanoutFirst' | 'fanoutMedian' | 'fanoutLast',
): Times | null {
  const { population, load, groups = [] } = scenario;
  const comeAndGo =
    population.arriving !== undefined ||
    load.journey !== undefined ||
    groups.some(({ session }) => session !== undefined);
  if (comeAndGo) return null;
  const { sent, limited } = samples.ledger;
  const recorded = decodeHistogram(samples.histograms[name]);
  return { recorded, missing: Math.max(0, sent - limited - recorded.count), own: ownOf(samples, name) };
}

/** Reads of history that clients did beside sending; one that failed never yields a value. Null where none fell due. */
export function historyTimes({ traffic }: Pick<RunResult['samples'], 'traffic'>): Times | null {
  const reads = traffic?.find(({ kind }) => kind === 'history');
  if (reads === undefined || reads.planned === 0) return null;
  return { ...timesOf(reads.latency ?? '', reads.failed), own: decodeOwn(reads.own) };
}

/** A step of the scenario's journey; one that failed never yields a value. Null where nobody began it. */
export function stepTimes({ journey }: Pick<RunResult['samples'], 'journey'>, name: string): Times | null {
  const step = journey?.steps.find((one) => one.name === name);
  if (step === undefined || step.begun === step.unfinished) return null;
  return { ...timesOf(step.latency, step.failed), own: decodeOwn(step.own) };
}

/** What clients did beside sending, all kinds together; null where nothing fell due. */
export function countTraffic({
  traffic = [],
}: Pick<RunResult['samples'], 'traffic'>): { planned: number; failed: number } | null {
  const sum = (key: 'planned' | 'failed') => traffic.reduce((total, part) => total + part[key], 0);
  return sum('planned') === 0 ? null : { planned: sum('planned'), failed: sum('failed') };
}

/** See `queueDrainUs`; null also where there was no queue to look at. */
export function drainUs({ queue, phases }: RunResult): number | null {
  return queue === null ? null : queueDrainUs(queue, phases.measureEndUs);
}

/** Messages sent per second of measure; null where measure had no length. */
export function sentPerSecond({
  samples,
  phases,
}: {
  readonly samples: { readonly ledger: { readonly sent: number } };
  readonly phases: RunResult['phases'];
}): number | null {
  const lengthUs = phases.measureEndUs - phases.warmupEndUs;
  return lengthUs > 0 ? (samples.ledger.sent * 1e6) / lengthUs : null;
}
