/**
 * Calls back once, at or soon after a time on the monotonic clock. A new call replaces the one before. It may call early: the
 * caller sends nothing that is not due and asks again, so that costs a turn and no truth.
 */
export interface WakeUp {
  at(timeUs: number, callback: () => void): void;
  cancel(): void;
}
