import type { ObservedSeries, QueueSeries } from '../observations.ts';
import { latestBy } from './latest-by.ts';

/** What waits in the run's queue, and what is at its consumers where something tells it. */
export const QUEUE_READY = 'queue';
export const QUEUE_UNACKED = 'queue.unacked';

/**
 * The run's queue as the scenario observes it; null where it does not. What is at consumers may be told far more seldom than what waits:
 * each sample has the latest that was known by then, or half an interval later, for both may have been asked at once.
 */
export function queueOfObserved(observed: readonly ObservedSeries[]): QueueSeries | null {
  const ready = observed.find(({ name }) => name === QUEUE_READY);
  if (ready === undefined) return null;
  const unacked = observed.find(({ name }) => name === QUEUE_UNACKED);
  const series = {
    source: ready.source,
    intervalMs: ready.intervalMs,
    gaps: ready.gaps,
    ...(ready.thinnedFrom === undefined ? {} : { thinnedFrom: ready.thinnedFrom }),
    atUs: [] as number[],
    ready: [] as number[],
    inFlight: [] as (number | null)[],
  };
  const slackUs = ready.intervalMs * 500;
  const atConsumers = latestBy(unacked, slackUs);
  for (const [index, atUs] of ready.atUs.entries()) {
    const inFlight = wholeMessages(atConsumers(atUs));
    const value = wholeMessages(ready.values[index] ?? null);
    if (value === null) continue;
    series.atUs.push(atUs);
    series.ready.push(value);
    series.inFlight.push(inFlight);
  }
  return series;
}

function wholeMessages(value: number | null): number | null {
  return value === null ? null : Math.max(0, Math.round(value));
}
