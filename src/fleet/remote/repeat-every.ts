import type { Clock } from '../../clock.ts';

/** Calls back about every so often, never twice for one stretch in which this process stood still; yields what ends it. */
export function repeatEvery(clock: Clock, everyUs: number, callback: () => void): () => void {
  let isOver = false;
  let cancel = () => {};
  const next = () => {
    cancel = clock.after(everyUs, () => {
      callback();
      if (!isOver) next();
    });
  };
  next();
  return () => {
    isOver = true;
    cancel();
  };
}
