import { type Clock, pause } from '../clock.ts';
import type { Ledger } from '../record/ledger.ts';

/**
 * Waits until everything expected has been delivered, or the timeout has passed; then a moment longer for acknowledgements
 * that are on their way, and for what arrives after the last expected delivery: only that can show it was sent twice.
 *
 * @returns when the last expected delivery had arrived, or the wait was given up, µs since run start
 */
export async function drain(
  ledger: Pick<Ledger, 'countOutstanding' | 'countAwaitedAcks'>,
  clock: Clock,
  startAtUs: number,
  timeoutUs: number,
  signal: AbortSignal,
): Promise<number> {
  const limitUs = () => (signal.aborted ? Math.min(timeoutUs, ABORTED_DRAIN_US) : timeoutUs);
  await waitWhile(() => ledger.countOutstanding() > 0, clock, limitUs);
  const endUs = clock.nowUs() - startAtUs;
  await waitWhile(
    () => ledger.countAwaitedAcks() > 0,
    clock,
    () => ACK_WAIT_US,
  );
  await pause(clock, DUPLICATE_GRACE_US);
  return endUs;
}

const POLL_US = 5_000;
const ABORTED_DRAIN_US = 1_500_000;
const ACK_WAIT_US = 1_000_000;
const DUPLICATE_GRACE_US = 200_000;

async function waitWhile(condition: () => boolean, clock: Clock, limitUs: () => number): Promise<void> {
  const beganUs = clock.nowUs();
  while (condition() && clock.nowUs() - beganUs < limitUs()) await pause(clock, POLL_US);
}
