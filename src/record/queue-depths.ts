import { leastOf } from '../extremes.ts';

/** Queue depth over a run, column by column; see `QueueSeries` of the result. */
export interface QueueColumns {
  readonly intervalMs: number;
  readonly atUs: readonly number[];
  readonly ready: readonly number[];
  readonly inFlight: readonly (number | null)[];
}

/** Depth per sample: ready plus in flight. A gauge that could not be read counts as 0, so that the depth is a lower bound. */
export function queueDepths(queue: Pick<QueueColumns, 'ready' | 'inFlight'>): readonly number[] {
  return queue.ready.map((ready, index) => ready + (queue.inFlight[index] ?? 0));
}

/** Largest depth from `fromUs` on; null without a sample there. */
export function maxQueueDepth(queue: QueueColumns, fromUs: number): number | null {
  const depths = queueDepths(queue).filter((_, index) => queue.atUs[index]! >= fromUs);
  return depths.length === 0 ? null : depths.reduce((max, depth) => Math.max(max, depth), 0);
}

/**
 * From the end of measure to the first sample from which on the queue stayed empty, µs; 0 where it was empty by then.
 * Infinity where it never was; null where nobody looked: no samples, or none near the end of measure.
 */
export function queueDrainUs(queue: QueueColumns, measureEndUs: number): number | null {
  const lastUs = queue.atUs.at(-1);
  if (lastUs === undefined || lastUs < measureEndUs - 2 * queue.intervalMs * 1000) return null;
  const lastLoaded = queueDepths(queue).findLastIndex((depth) => depth > 0);
  const emptyUs = queue.atUs[lastLoaded + 1];
  return emptyUs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, emptyUs - measureEndUs);
}

/**
 * How long the depth stayed at one value, at the least, µs, between its first and its last change; null with fewer than two
 * such stretches. A live depth under load changes with nearly every sample.
 */
export function shortestPlateauUs(queue: QueueColumns): number | null {
  const depths = queueDepths(queue);
  const changesUs = queue.atUs.filter((_, index) => index > 0 && depths[index] !== depths[index - 1]);
  const lengthsUs = changesUs.slice(1).map((atUs, index) => atUs - changesUs[index]!);
  return lengthsUs.length < 2 ? null : leastOf(lengthsUs);
}
