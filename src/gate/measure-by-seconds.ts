import { OLDEST_DUE } from '../record/due-recorder.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { RunResult } from '../result/run-result.ts';
import { followThreshold } from './follow-threshold.ts';
import { knownOf } from './known-run.ts';
import { readSubjectOfTarget } from './subject.ts';
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
  const { ledgers, delivery, lateness, connections } = knownOf(result);
  const besides: KnownBesides = { lostUntold: 0, ledgers, delivery, lateness, connections, result };
  const names = result.scenario.load.stages.flatMap(({ name }) => name ?? []);
  const followed = expressions.flatMap((expression) => {
    const parsed = parseThreshold(expression, names);
    if (!parsed.ok || parsed.threshold.window === null) return [];
    const follow = (read: Following['read']) => followThreshold(parsed.threshold, timetable, { ...ALL_TOLD, read });
    return [{ expression, measured: follow(undefined), ofTarget: follow(readSubjectOfTarget) }];
  });
  const [first, end] = wholeSeconds({ fromUs: timetable.warmupEndUs, toUs: timetable.measureEndUs }, 0);
  let delivered = 0;
  let whole = 0;
  for (const { interval, queueDepth } of seconds) {
    for (const { measured: follower, ofTarget } of followed) {
      follower.add(interval, queueDepth);
      ofTarget.add(interval, queueDepth);
    }
    if (interval.second < first || interval.second >= end) continue;
    delivered += interval.delivered;
    whole++;
  }
  return {
    deliveredPerSecond: whole === 0 ? null : delivered / whole,
    figures: followed.flatMap(({ expression, measured, ofTarget }) => {
      const figure = measured.measure(besides);
      if (figure === null) return [];
      const { value, span } = figure;
      const stretch = span === null ? null : { fromUs: span.fromUs, toUs: span.toUs };
      return [
        { expression, value: finite(value), stretch, ofTarget: finite(ofTarget.measure(besides)?.value ?? value) },
      ];
    }),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const ALL_TOLD: Following = { openSeconds: OLDEST_DUE, isOver: true };
