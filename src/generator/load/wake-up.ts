import type { Clock } from '../../clock.ts';

/**
 * Calls back once, at or soon after a time on the monotonic clock. A new call replaces the one before. It may call early: the
 * caller sends nothing that is not due and asks again, so that costs a turn and no truth.
 */
export interface WakeUp {
  at(timeUs: number, callback: () => void): void;
  cancel(): void;
}

/** Exact to the microsecond, at the price of a whole core: asks for the time again and again between turns of the loop. */
export function createSpinningWakeUp(clock: Clock): WakeUp {
  let generation = 0;
  return {
    at(timeUs, callback) {
      const mine = ++generation;
      const turn = () => {
        if (mine !== generation) return;
        if (clock.nowUs() >= timeUs) callback();
        else setImmediate(turn);
      };
      setImmediate(turn);
    },
    cancel() {
      generation++;
    },
  };
}
