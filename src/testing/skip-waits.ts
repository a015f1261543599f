import { afterEach, beforeEach, vi } from 'vitest';

/**
 * In every test of the file, what waits for a timer goes on as soon as nothing else is left to do: timers fire in order of
 * their time, and clocks show it. For code that reads no socket and no file while a timer of it limits that.
 */
export function skipWaits(toFake?: readonly ('setInterval' | 'clearInterval')[]): void {
  beforeEach(() => {
    vi.useFakeTimers({ fakeNodeBuiltins: true, ...(toFake && { toFake: [...toFake] }) });
    vi.setTimerTickMode('nextTimerAsync');
  });
  afterEach(() => void vi.useRealTimers());
}
