import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchSilence } from './watch-silence.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells once of whoever gives no sign for longer than it waits', () => {
  const onSilent = vi.fn();
  const watch = watchSilence(30, onSilent);
  vi.advanceTimersByTime(110_000);
  watch.heard();
  vi.advanceTimersByTime(29_000);
  watch.heard();
  vi.advanceTimersByTime(30_000);
  expect(onSilent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(onSilent).toHaveBeenCalledOnce();
});

it('tells nothing once it has ended, and takes its own standstill for nobody else', () => {
  const onSilent = vi.fn();
  watchSilence(30, onSilent).heard();
  // An hour in which no timer runs, and the one tick that comes of it.
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1_000);
  expect(onSilent).not.toHaveBeenCalled();
  const ended = watchSilence(1, onSilent);
  ended.heard();
  ended.end();
  vi.advanceTimersByTime(10_000);
  expect(onSilent).not.toHaveBeenCalled();
});
