import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DeadlineWheel } from './deadline-wheel.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('expires each item after its time, never before and at most 100 ms later', () => {
  const wheel = new DeadlineWheel();
  const expired = new Map<number, number>();
  const startMs = performance.now();
  for (const delayMs of [1, 49, 50, 51, 999, 1000, 10_000]) {
    wheel.add({ expire: () => expired.set(delayMs, performance.now() - startMs) }, delayMs);
  }
  vi.advanceTimersByTime(20_000);
  expect([...expired.keys()]).toEqual([1, 49, 50, 51, 999, 1000, 10_000]);
  for (const [delayMs, afterMs] of expired) {
    expect(afterMs).toBeGreaterThanOrEqual(delayMs);
    expect(afterMs).toBeLessThanOrEqual(delayMs + 100);
  }
});

it('forgets what is removed, takes more while it expires, and needs no timer when it is empty', () => {
  const wheel = new DeadlineWheel();
  const expired: string[] = [];
  const removed = { expire: () => expired.push('removed') };
  wheel.remove(removed, wheel.add(removed, 100));
  wheel.add({ expire: () => wheel.add({ expire: () => expired.push('second') }, 100) }, 100);
  vi.advanceTimersByTime(1_000);
  expect(expired).toEqual(['second']);
  expect(vi.getTimerCount()).toBe(0);
  wheel.add({ expire: () => expired.push('later') }, 100);
  vi.advanceTimersByTime(1_000);
  expect(expired).toEqual(['second', 'later']);
});
