import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { monotonicClock } from './clock.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

it.each([
  [1, 1],
  [1_000, 1],
  [1_001, 2],
  [2_999, 3],
])('never calls back before the time is up: %i µs are a timer of %i ms', (delayUs, ms) => {
  const callback = vi.fn();
  monotonicClock.after(delayUs, callback);
  vi.advanceTimersByTime(ms - 1);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(callback).toHaveBeenCalledOnce();
});

it('calls nobody back who has cancelled', () => {
  const callback = vi.fn();
  monotonicClock.after(5_000, callback)();
  vi.advanceTimersByTime(10);
  expect(callback).not.toHaveBeenCalled();
});
