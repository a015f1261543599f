import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeatUntilSettled } from './repeat-until-settled.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Rounds that take so long, the last one for ever after. */
function rounds(...tookMs: readonly number[]) {
  let n = 0;
  return () => new Promise<void>((resolve) => setTimeout(resolve, tookMs[Math.min(n++, tookMs.length - 1)]));
}

async function settle(work: Promise<number>): Promise<number> {
  await vi.advanceTimersByTimeAsync(60_000);
  return work;
}

test('what gets faster goes on, and what does not for ten rounds is settled', async () => {
  expect(await settle(repeatUntilSettled(rounds(100, 80, 60, 40), 60_000))).toBe(4 + 10);
  expect(await settle(repeatUntilSettled(rounds(40), 60_000))).toBe(1 + 10);
  // A little faster is chance.
  expect(await settle(repeatUntilSettled(rounds(100, 98, 97, 96), 60_000))).toBe(1 + 10);
});

test('it is over with the time, also in the middle of a round that never ends', async () => {
  expect(await settle(repeatUntilSettled(rounds(100, 80, 60), 250))).toBe(3);
  const never = vi.fn(() => new Promise<void>(() => {}));
  expect(await settle(repeatUntilSettled(never, 250))).toBe(0);
  expect(never).toHaveBeenCalledTimes(1);
});

test('what fails is told', async () => {
  await expect(repeatUntilSettled(() => Promise.reject(new Error('gone')), 1_000)).rejects.toThrow('gone');
});
