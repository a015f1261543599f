import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGatherSchedule, GATHER_MS } from './gather-schedule.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Closes of two partitions, each with the time of it. */
function setUp() {
  const schedule = createGatherSchedule(2);
  const closed: [number, number][] = [];
  const begin = (partition: number) =>
    schedule.begin(partition, () => closed.push([partition, Math.round(performance.now() - beganAt)]));
  const beganAt = performance.now();
  return { closed, begin };
}

test('after a pause an envelope closes with the turn of the event loop', () => {
  const { closed, begin } = setUp();
  begin(0);
  expect(closed).toEqual([]);
  vi.advanceTimersByTime(0);
  expect(closed).toEqual([[0, 0]]);
});

test('the next one of the partition closes an interval after it, and other partitions do not wait', () => {
  const { closed, begin } = setUp();
  begin(0);
  vi.advanceTimersByTime(1);
  begin(0);
  begin(1);
  vi.advanceTimersByTime(10);
  expect(closed).toEqual([
    [0, 0],
    [1, 1],
    [0, GATHER_MS],
  ]);
  begin(0);
  vi.advanceTimersByTime(0);
  expect(closed.at(-1)).toEqual([0, 11]);
});
