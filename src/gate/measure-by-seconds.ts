import { OLDEST_DUE } from '../record/due-recorder.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { RunResult } from '../result/run-result.ts';
import { followThreshold } from './follow-threshold.ts';
import { knownOf } from './known-run.ts';
import { parseThreshold } from './threshold.ts';
import type { Following, KnownBesides } from './threshold-follower.ts';
import { timetableOf, wholeSeconds } from './window.ts';

/** What is known of a run by all of its seconds, where its result has only some of them. */
export type BySeconds = Pick<NonNullable<RunResult['seconds']>, 'deliveredPerSecond' | 'figures'>;

/**
 * What thresholds with a window come to, and the rate of deliveries, in one pass over all seconds of a run.
 *
 * @param result  of the run, with as many of its seconds as it has
 */
export function measureBySeconds(
  result: RunResult,
  expressions: readonly string[],
  seconds: Iterable<{ readonly interval: RawInterval; readonly queueDepth: number | null }>,
): BySeconds {
  const timetable = timetableOf(result);
  const { ledgers, delivery, connections } = knownOf(result);
  const besides: KnownBesides = { lostUntold: 0, ledgers, delivery, connections, result };
  const names = result.scenario.load.stages.flatMap(({ name }) => name ?? []);
  const followed = expressions.flatMap((expression) => {
    const parsed = parseThreshold(expression, names);
    if (!parsed.ok || parsed.threshold.window === null) return [];
    return [{ expression, follower: followThreshold(parsed.threshold, timetable, ALL_TOLD) }];
  });
  const [first, end] = wholeSeconds({ fromUs: timetable.warmupEndUs, toUs: timetable.measureEndUs }, 0);
  let delivered = 0;
  let measured = 0;
  for (const { interval, queueDepth } of seconds) {
    for (const { follower } of followed) follower.add(interval, queueDepth);
    if (interval.second < first || interval.second >= end) continue;
    delivered += interval.delivered;
    measured++;
  }
  return {
    deliveredPerSecond: measured === 0 ? null : delivered / measured,
    figures: followed.flatMap(({ expression, follower }) => {
      const figure = follower.measure(besides);
      if (figure === null) return [];
      const { value, span } = figure;
      const stretch = span === null ? null : { fromUs: span.fromUs, toUs: span.toUs };
      return [{ expression, value: Number.isFinite(value) ? value : null, stretch }];
    }),
  };
}

const ALL_TOLD: Following = { openSeconds: OLDEST_DUE, isOver: true };
