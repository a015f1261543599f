import type { Clock } from '../clock.ts';

const SECOND_US = 1_000_000;

/**
 * Calls back with the time since run start, µs, once each second of the run is over, until what it yields is called. What is cut
 * into seconds by its events alone would stand still while nothing happens, which is when somebody wants to know.
 */
export function tickSeconds(clock: Clock, startAtUs: number, tell: (nowUs: number) => void): () => void {
  let cancel = () => {};
  const tick = () => {
    const nowUs = clock.nowUs() - startAtUs;
    tell(nowUs);
    // A timer that fires early tells of no new second, and is set again for the rest of this one.
    const nextUs = (Math.floor(Math.max(0, nowUs) / SECOND_US) + 1) * SECOND_US;
    cancel = clock.after(nextUs - nowUs, tick);
  };
  tick();
  return () => cancel();
}
