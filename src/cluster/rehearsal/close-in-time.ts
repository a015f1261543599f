import { setTimeout as wait } from 'node:timers/promises';

/** A broker that takes nothing does not answer an end either, ms. */
const CLOSE_LIMIT_MS = 1_000;

/** Settles when it is closed, could not be, or takes too long: what comes next does not wait for a rehearsal. */
export async function closeInTime(closing: Promise<unknown>): Promise<void> {
  await Promise.race([closing.catch(() => {}), wait(CLOSE_LIMIT_MS, undefined, { ref: false })]);
}
