import { type Clock, pause } from '../clock.ts';

/** What is still under way of a shard's run, asked again and again. */
export interface InFlight {
  countOutstanding(): number;
  countAwaitedAcks(): number;
  /** Requests beside the messages, which have until the same timeout as deliveries. */
  countRequests(): number;
}

/**
 * Waits until everything expected has been delivered and every request answered, or the timeout has passed; then a moment longer
 * for acknowledgements that are on their way, and for what arrives after the last expected delivery: only that can show it was
 * sent twice.
 *
 * @returns when the last expected delivery had arrived, or the wait was given up, µs since run start
 */
export async function drain(
  inFlight: InFlight,
  clock: Clock,
  startAtUs: number,
  timeoutUs: number,
  signal: AbortSignal,
): Promise<number> {
  const limitUs = () => (signal.aborted ? Math.min(timeoutUs, ABORTED_DRAIN_US) : timeoutUs);
  const beganUs = clock.nowUs();
  await waitWhile(() => inFlight.countOutstanding() > 0, clock, limitUs);
  const endUs = clock.nowUs();
  await waitWhile(
    () => inFlight.countRequests() > 0,
    clock,
    () => limitUs() - (endUs - beganUs),
  );
  await waitWhile(
    () => inFlight.countAwaitedAcks() > 0,
    clock,
    () => ACK_WAIT_US,
  );
  await pause(clock, DUPLICATE_GRACE_US);
  return endUs - startAtUs;
}

const POLL_US = 5_000;
const ABORTED_DRAIN_US = 1_500_000;
const ACK_WAIT_US = 1_000_000;
const DUPLICATE_GRACE_US = 200_000;

async function waitWhile(condition: () => boolean, clock: Clock, limitUs: () => number): Promise<void> {
  const beganUs = clock.nowUs();
  while (condition() && clock.nowUs() - beganUs < limitUs()) await pause(clock, POLL_US);
}
