const FIRST_DELAY_MS = 50;
const MOST_DELAY_MS = 500;

/**
 * How long whoever needs a broker goes on without it, ms, where each try is refused at once; longer where a try has to wait
 * for an answer that never comes. RabbitMQ, started again on a busy machine, can take more than half a minute.
 */
export const PATIENCE_MS = 60_000;

/** How often it is tried to reach a broker again before it counts as lost. */
export const BROKER_RETRIES = countRetries(MOST_DELAY_MS);

/**
 * The longest wait before a further try for Redis, ms: it is back within a moment where it is started again, and until then nothing
 * is pushed.
 */
const MOST_DELAY_FOR_REDIS_MS = 100;
export const REDIS_RETRIES = countRetries(MOST_DELAY_FOR_REDIS_MS);

/** The wait before a further try, ms: 50, 100, 150 … 500. @param retry from 1 on */
export function retryDelayMs(retry: number, mostMs = MOST_DELAY_MS): number {
  return Math.min(FIRST_DELAY_MS * retry, mostMs);
}

export function redisRetryDelayMs(retry: number): number {
  return retryDelayMs(retry, MOST_DELAY_FOR_REDIS_MS);
}

function countRetries(mostMs: number): number {
  let retries = 0;
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; retries++) waitedMs += retryDelayMs(retries + 1, mostMs);
  return retries;
}
