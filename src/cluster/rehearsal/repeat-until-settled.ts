/** Rounds in a row that were not faster than the fastest before them: what runs often has been compiled by then. */
const SETTLED_ROUNDS = 10;

/** A round is faster that takes less than so much of the fastest before. */
const FASTER = 0.95;

/**
 * Repeats what is to be compiled until it gets no faster, or the time is over. Yields how often.
 *
 * @param round   rejects where there is nothing to be had from going on
 * @param limitMs a round that takes longer than what is left of it is not waited for
 */
export async function repeatUntilSettled(round: () => Promise<void>, limitMs: number): Promise<number> {
  const endAt = performance.now() + limitMs;
  let fastestMs = Number.POSITIVE_INFINITY;
  let rounds = 0;
  for (let slower = 0; slower < SETTLED_ROUNDS; rounds++) {
    const begunAt = performance.now();
    if (!(await endsBefore(round(), endAt - begunAt))) break;
    const tookMs = performance.now() - begunAt;
    slower = tookMs < FASTER * fastestMs ? 0 : slower + 1;
    fastestMs = Math.min(fastestMs, tookMs);
  }
  return rounds;
}

async function endsBefore(work: Promise<void>, restMs: number): Promise<boolean> {
  if (restMs <= 0) return false;
  const { promise: over, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, restMs, false);
  try {
    return await Promise.race([work.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
