const FIRST_DELAY_MS = 50;
const MOST_DELAY_MS = 500;

/**
 * How long whoever needs a broker goes on without it, ms, where each try is refused at once; longer where a try has to wait
 * for an answer that never comes. RabbitMQ, started again on a busy machine, can take more than half a minute.
 */
export const PATIENCE_MS = 60_000;

/** How often it is tried to reach a broker again before it counts as lost. */
export const BROKER_RETRIES = countRetries(PATIENCE_MS);

/** The wait before a further try, ms: 50, 100, 150 … 500. @param retry from 1 on */
export function retryDelayMs(retry: number): number {
  return Math.min(FIRST_DELAY_MS * retry, MOST_DELAY_MS);
}

function countRetries(patienceMs: number): number {
  let retries = 0;
  for (let waitedMs = 0; waitedMs < patienceMs; retries++) waitedMs += retryDelayMs(retries + 1);
  return retries;
}
