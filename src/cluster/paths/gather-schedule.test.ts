import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGatherSchedule, LONGEST_GATHER_MS } from './gather-schedule.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Closes of two partitions, each with the time of it. */
function setUp() {
  const schedule = createGatherSchedule(2);
  const closed: [number, number][] = [];
  const begin = (partition: number, messages = 1) =>
    schedule.begin(partition, () => {
      closed.push([partition, Math.round(performance.now() - beganAt)]);
      return messages;
    });
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

test('at a low rate the next one of the partition waits for nothing either', () => {
  const { closed, begin } = setUp();
  for (let n = 0; n < 3; n++) {
    begin(0);
    vi.advanceTimersByTime(10);
  }
  expect(closed).toEqual([
    [0, 0],
    [0, 10],
    [0, 20],
  ]);
});

test('at a high rate the next one of the partition closes an interval after it, and other partitions do not wait', () => {
  const { closed, begin } = setUp();
  begin(0);
  vi.advanceTimersByTime(10);
  // 25 in 10 ms: 2.4 ms until the next.
  begin(0, 25);
  vi.advanceTimersByTime(0);
  begin(0);
  begin(1);
  vi.advanceTimersByTime(10);
  expect(closed.slice(1)).toEqual([
    [0, 10],
    [1, 10],
    [0, 12],
  ]);
});

test('messages that come together by chance do not make the next one wait', () => {
  const { closed, begin } = setUp();
  for (const pause of [10, 0, 10, 0, 10]) {
    begin(0, 2);
    vi.advanceTimersByTime(pause);
  }
  expect(closed.map(([, at]) => at)).toEqual([0, 10, 10, 20, 20]);
});

test('messages that come one by one, but many of them, are gathered', () => {
  const schedule = createGatherSchedule(1);
  const envelopes: number[] = [];
  let gathering = 0;
  const close = () => {
    envelopes.push(gathering);
    gathering = 0;
    return envelopes.at(-1)!;
  };
  // Three a millisecond, each in a turn of its own.
  for (let n = 0; n < 300; n++) {
    if (gathering++ === 0) schedule.begin(0, close);
    vi.advanceTimersByTime(n % 3 === 2 ? 1 : 0);
  }
  expect(Math.max(...envelopes.slice(0, 3))).toBeLessThan(6);
  // An interval of 3.2 ms.
  expect(envelopes.slice(10, 20)).toEqual(Array(10).fill(9));
});

test('envelopes gather longer while many messages come, and no longer than the longest interval', () => {
  const { closed, begin } = setUp();
  begin(0);
  vi.advanceTimersByTime(10);
  // 48 in 10 ms: 6.08 ms until the next.
  begin(0, 48);
  vi.advanceTimersByTime(0);
  begin(0, 50);
  vi.advanceTimersByTime(10);
  // 50 in 6 ms: the longest.
  begin(0, 1);
  vi.advanceTimersByTime(10);
  const times = closed.map(([, at]) => at);
  expect(times).toEqual([0, 10, 16, 16 + LONGEST_GATHER_MS]);
  // 1 in 8 ms: at once.
  begin(0);
  vi.advanceTimersByTime(0);
  expect(closed.at(-1)).toEqual([0, 30]);
});
