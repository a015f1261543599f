import { expect, it } from 'vitest';
import { duePart } from '../testing/second-fixture.ts';
import type { KnownRun } from './known-run.ts';
import type { TimeMetric } from './metric.ts';
import { worstOwnIn } from './read-seconds.ts';
import { readSubjectOfTarget } from './subject.ts';
import { SECONDS_ALONE } from './threshold-follower.ts';
import { wholeRun } from './window.ts';

const MS = 1_000;
const timetable = { warmupEndUs: 0, measureEndUs: 4_000 * MS, stages: [] };
const timesOf = (...latenciesUs: number[]) => ({ recorded: duePart(0, latenciesUs).delivery, missing: 0 });

/** A generator that was late by 30 ms whenever it sent. */
const known: KnownRun = { ...SECONDS_ALONE, seconds: [], queue: null, timetable, lateness: timesOf(30 * MS, 30 * MS) };

/** All times are 100 ms, and how much of each was the generator's is not known. */
function metricOf(isOfConnections: boolean): TimeMetric {
  return { yields: 'times', read: () => timesOf(100 * MS, 100 * MS), isOfConnections } as unknown as TimeMetric;
}

it('leaves out as much as the generator was late, of a time that begins with a send, and nothing of a connect', () => {
  const read = (isOfConnections: boolean) =>
    readSubjectOfTarget({ metric: metricOf(isOfConnections), statistic: 'max' }, known, wholeRun(timetable));
  expect(read(false)! / MS).toBeCloseTo(70, 0);
  expect(read(true)! / MS).toBeCloseTo(100, 0);
});

it('looks for what the generator may have added until what was due in the span had arrived', () => {
  const seconds = [0, 5, 60, 900].map((ownMs, second) => ({ second, ownMaxUs: ownMs * MS }) as never);
  const span = { fromUs: 0, toUs: 2_000 * MS };
  const worstMs = (longestMs: number) => worstOwnIn({ ...known, seconds }, span, longestMs * MS) / MS;
  expect([0, 400, 1_400].map(worstMs)).toEqual([5, 60, 900]);
});
