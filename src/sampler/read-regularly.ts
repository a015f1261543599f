import type { Clock } from '../clock.ts';

export interface RegularReading {
  /** Ends it, and settles when the reading that is under way has. */
  stop(): Promise<void>;
}

/**
 * Calls `read` at 0, `intervalUs`, 2 `intervalUs` … from now, on a schedule that does not drift, and never while the reading before
 * still goes on. Whatever comes of a reading is its own matter; one that was due and could not begin is told by `miss`: another
 * was still waiting for its answer, or this process did not come to it in time.
 *
 * @param read never rejects
 */
export function readRegularly(
  intervalUs: number,
  read: () => Promise<void>,
  miss: (count: number) => void,
  clock: Clock,
): RegularReading {
  const fromUs = clock.nowUs();
  let readings = 0;
  let underWay: Promise<void> | null = null;
  let cancel = () => {};
  const missUntil = (due: number) => {
    if (due > readings) miss(due - readings);
    readings = Math.max(due, readings);
  };
  const sample = () => {
    missUntil(Math.floor((clock.nowUs() - fromUs) / intervalUs));
    if (underWay === null) {
      underWay = read().finally(() => {
        underWay = null;
      });
    } else miss(1);
    readings++;
    cancel = clock.after(fromUs + readings * intervalUs - clock.nowUs(), sample);
  };
  sample();
  return {
    async stop() {
      cancel();
      missUntil(Math.floor((clock.nowUs() - fromUs) / intervalUs));
      await underWay;
    },
  };
}
