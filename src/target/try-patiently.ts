import { setTimeout as wait } from 'node:timers/promises';

/** Waits between tries, ms; when they are used up, the failure is passed on. About 5 s in all. */
const RETRY_MS: readonly number[] = [50, 100, 200, 400, 800, 1_000, 1_000, 1_500];

/**
 * Tries an action that may be repeated until it succeeds; throws its last error after several seconds of failures.
 *
 * @param onRetry called for every repeated try
 * @param isFinal errors that another try cannot mend; they are thrown at once
 */
export async function tryPatiently<T>(
  action: () => Promise<T>,
  onRetry: () => void,
  isFinal: (error: unknown) => boolean = () => false,
): Promise<T> {
  for (const delayMs of RETRY_MS) {
    try {
      return await action();
    } catch (error) {
      if (isFinal(error)) throw error;
      await wait(delayMs);
      onRetry();
    }
  }
  return action();
}
