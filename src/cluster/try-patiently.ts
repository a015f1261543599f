import { setTimeout as wait } from 'node:timers/promises';
import { BROKER_RETRIES, retryDelayMs } from './broker-patience.ts';

/**
 * Tries an action that may be repeated until it succeeds; throws its last error after about a minute of failures.
 *
 * @param onRetry called for every repeated try
 * @param isFinal errors that another try cannot mend; they are thrown at once
 * @param pause   waits so many ms; for tests
 */
export async function tryPatiently<T>(
  action: () => Promise<T>,
  onRetry: () => void,
  isFinal: (error: unknown) => boolean = () => false,
  pause: (ms: number) => Promise<unknown> = wait,
): Promise<T> {
  for (let retry = 1; retry <= BROKER_RETRIES; retry++) {
    try {
      return await action();
    } catch (error) {
      if (isFinal(error)) throw error;
      await pause(retryDelayMs(retry));
      onRetry();
    }
  }
  return action();
}
