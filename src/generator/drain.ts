import { type Clock, pause } from '../clock.ts';
import type { Recorder } from '../record/recorder.ts';

/**
 * Waits until everything expected has been delivered, or the timeout has passed; then a moment longer, since only what
 * arrives after the last expected delivery can show that it was sent twice.
 *
 * @returns when the last expected delivery had arrived, or the wait was given up, µs since run start
 */
export async function drain(
  recorder: Recorder,
  clock: Clock,
  startAtUs: number,
  timeoutUs: number,
  signal: AbortSignal,
): Promise<number> {
  const beganUs = clock.nowUs();
  const limitUs = signal.aborted ? Math.min(timeoutUs, ABORTED_DRAIN_US) : timeoutUs;
  while (recorder.ledger.countOutstanding() > 0 && clock.nowUs() - beganUs < limitUs) {
    await pause(clock, POLL_US);
    if (signal.aborted && clock.nowUs() - beganUs > ABORTED_DRAIN_US) break;
  }
  const endUs = clock.nowUs() - startAtUs;
  await pause(clock, DUPLICATE_GRACE_US);
  return endUs;
}

const POLL_US = 5_000;
const ABORTED_DRAIN_US = 1_500_000;
const DUPLICATE_GRACE_US = 200_000;
