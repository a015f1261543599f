import type { RawInterval } from '../record/interval-series.ts';
import type { RunResult } from '../result/run-result.ts';
import type { AbortRule } from '../scenario/scenario.ts';
import { type ClocksOfRun, doubtClocks } from './doubt-clocks.ts';
import { followThreshold } from './follow-threshold.ts';
import { checkThreshold, outcomeOf, parseThreshold, type Threshold } from './threshold.ts';
import { followLive, SECONDS_ALONE, type ThresholdFollower } from './threshold-follower.ts';
import { readIfEnough } from './too-few.ts';
import type { Timetable } from './window.ts';

/** Why a run was ended early, and when. */
export type Abort = NonNullable<RunResult['aborted']>;

/** What is wrong with an expression as a reason to end a run, in one line: only what is known second by second can be one. */
export function checkAbort(expression: string, stageNames?: readonly string[]): string | null {
  const problem = checkThreshold(expression, stageNames);
  const parsed = parseThreshold(expression, stageNames);
  if (problem !== null || !parsed.ok) return problem;
  const { metric, operator } = parsed.threshold;
  if (metric.resolution !== 'second') return `${metric.name} is known only at the end, so no run can be ended by it`;
  const isCeiling = operator === '<' || operator === '<=';
  const isRate = metric.unit === 'rate';
  return isCeiling || isRate ? null : `expected < or <= to end a run by ${metric.name}, got ${operator}`;
}

/**
 * Watches a run second by second. Each second is judged with all before it, as the threshold would be judged if the run ended
 * there; the first that does not hold, whatever the clocks of agents leave open, is told. Nothing is told before there is data, and in
 * drain only of what is `during drain`.
 *
 * @param clocks  what is known by now of how far times from one agent to another may be off; one clock by default
 */
export function watchForAbort(
  rules: readonly AbortRule[],
  timetable: Timetable,
  timeouts: { readonly deliveryUs: number },
  clocks: () => ClocksOfRun = () => ({}),
) {
  const names = timetable.stages.flatMap(({ name }) => name ?? []);
  const watched = rules.flatMap(({ expression, afterUs }) => {
    const parsed = parseThreshold(expression, names);
    if (!parsed.ok) return [];
    const { threshold } = parsed;
    // Nor is a run ended by the first few values, which may be the slowest of many.
    const follower = followThreshold(threshold, timetable, { ...followLive(timeouts), read: readIfEnough });
    return [{ threshold, fromUs: timetable.warmupEndUs + afterUs, follower }];
  });
  return {
    /** @param queueDepth  at the end of this second; null where unknown */
    observe(interval: RawInterval, queueDepth: number | null): Abort | null {
      for (const { follower } of watched) follower.add(interval, queueDepth);
      const atUs = (interval.second + 1) * 1_000_000;
      // Once measure is over there is nothing left to end but drain, and what it brings in is the verdict's to judge.
      const isOver = atUs > timetable.measureEndUs;
      const due = watched.filter(({ threshold, fromUs }) => {
        return atUs >= fromUs && (!isOver || threshold.window?.during === 'drain');
      });
      return firstBroken(due, atUs, clocks);
    },
  };
}

interface Watched {
  readonly threshold: Threshold;
  readonly follower: ThresholdFollower;
}

/** What the clocks of agents leave open has not broken. They are asked only where something may have: it is work. */
function firstBroken(watched: readonly Watched[], atUs: number, clocks: () => ClocksOfRun): Abort | null {
  for (const { threshold, follower } of watched) {
    const figure = follower.measure(SECONDS_ALONE);
    if (figure === null) continue;
    const { ok, actual } = outcomeOf(threshold, figure);
    if (ok) continue;
    const doubt = doubtClocks(threshold, figure, actual, clocks());
    if (doubt !== null && doubt.reason !== null) continue;
    return { expression: threshold.expression, actual: doubt?.actual ?? actual, atUs };
  }
  return null;
}
