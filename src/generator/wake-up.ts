import type { Clock } from '../clock.ts';

/** Calls back once, at or soon after a time. A new call replaces the one before. */
export interface WakeUp {
  at(timeUs: number, callback: () => void): void;
  cancel(): void;
}

/**
 * By timer: cheap, and up to some 1.1 ms late. It may also fire early; the caller sends nothing that is not due and asks
 * again, so that costs a turn and no truth.
 */
export function createTimerWakeUp(clock: Clock): WakeUp {
  let timer: NodeJS.Timeout | undefined;
  return {
    at(timeUs, callback) {
      clearTimeout(timer);
      timer = setTimeout(callback, Math.max(1, Math.floor((timeUs - clock.nowUs()) / 1000)));
    },
    cancel() {
      clearTimeout(timer);
    },
  };
}
