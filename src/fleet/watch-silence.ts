/** Waits for signs of life of somebody who gives some every few seconds. */
export interface SilenceWatch {
  /** There was one. */
  heard(): void;
  /** Nothing is to be waited for any more. Idempotent. */
  end(): void;
}

const TICK_MS = 1_000;
const STARTING_FACTOR = 4;

/**
 * Calls `onSilent` once where nothing was heard for so many ticks of a second. Ticks are counted and no clock is read: while this
 * process itself stands still, nobody else is silent. Before the first sign it waits `STARTING_FACTOR` times as long: a program has to
 * be loaded first.
 */
export function watchSilence(patienceTicks: number, onSilent: () => void, tickMs: number = TICK_MS): SilenceWatch {
  let silentTicks = patienceTicks * (1 - STARTING_FACTOR);
  const timer = setInterval(() => {
    silentTicks++;
    if (silentTicks <= patienceTicks) return;
    clearInterval(timer);
    onSilent();
  }, tickMs).unref();
  return {
    heard() {
      silentTicks = 0;
    },
    end: () => clearInterval(timer),
  };
}
