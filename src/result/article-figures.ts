import { summarizeHistogram } from '../record/histogram-summary.ts';
import { queueDepths } from '../record/queue-depths.ts';
import type { PostReport } from '../record/samples.ts';
import type { QueueSeries } from '../sampler/observations.ts';
import type { RunResult } from './run-result.ts';

/** How long a management API's statistics stay the same, µs. */
const REFRESH_US = 5_000_000;

/**
 * What a well-known way of measuring a chat would have printed of this run: the time of the POST with failures left out, the mean
 * of the seconds in which any was completed, and a queue's length from statistics that are refreshed every 5 s. Null where messages
 * were not sent over HTTP.
 */
export function deriveArticle(
  posts: PostReport<string> | null,
  queue: QueueSeries | null,
  measureBeganUs: number,
): RunResult['article'] {
  if (posts === null) return null;
  const completed = posts.perSecond.reduce((sum, [, count]) => sum + count, 0);
  return {
    postP95Us: summarizeHistogram(posts.latency)?.p95Us ?? null,
    postsPerSecond: posts.perSecond.length === 0 ? null : completed / posts.perSecond.length,
    queueMaxDepth: queue === null ? null : maxHeldDepth(queue, measureBeganUs),
  };
}

/**
 * Largest depth that is seen from a time on where each value is held for 5 s, the first from run start: derived from the samples of
 * the true depth. Null without a sample.
 */
export function maxHeldDepth(queue: Pick<QueueSeries, 'atUs' | 'ready' | 'inFlight'>, fromUs: number): number | null {
  const depths = queueDepths(queue);
  let max: number | null = null;
  let refreshAtUs = Number.NEGATIVE_INFINITY;
  for (const [index, atUs] of queue.atUs.entries()) {
    if (atUs < refreshAtUs) continue;
    refreshAtUs = (Math.floor(atUs / REFRESH_US) + 1) * REFRESH_US;
    if (refreshAtUs > fromUs) max = Math.max(max ?? 0, depths[index]!);
  }
  return max;
}
