import type { Clock } from '../clock.ts';
import type { WakeUp } from '../generator/load/wake-up.ts';

/** A clock that moves only when told: timers fire in order of their time, in no time at all. */
export class VirtualClock implements Clock {
  #nowUs = 0;
  #timers: { atUs: number; order: number; callback: () => void }[] = [];
  #order = 0;

  nowUs(): number {
    return this.#nowUs;
  }

  after(delayUs: number, callback: () => void): () => void {
    const timer = { atUs: this.#nowUs + Math.max(0, delayUs), order: this.#order++, callback };
    let index = this.#timers.length;
    while (index > 0 && comesLater(this.#timers[index - 1]!, timer)) index--;
    this.#timers.splice(index, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Time passes with the process stopped: nothing fires meanwhile. */
  block(durationUs: number): void {
    this.#nowUs += durationUs;
  }

  /** Fires timers until the promise settles. Throws when nothing is left that could settle it. */
  async runUntil<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = promise.finally(() => {
      settled = true;
    });
    done.catch(() => {});
    let idleTurns = 0;
    while (!settled) {
      // Lets everything that the last timer set in motion come to rest.
      await new Promise(setImmediate);
      if (settled) break;
      const next = this.#timers.shift();
      if (next === undefined) {
        if (++idleTurns > 10) throw new Error('nothing is scheduled that could settle the promise');
        continue;
      }
      idleTurns = 0;
      this.#nowUs = Math.max(this.#nowUs, next.atUs);
      next.callback();
    }
    return done;
  }
}

/** Wakes exactly on time. */
export function createVirtualWakeUp(clock: VirtualClock): WakeUp {
  let cancel = () => {};
  return {
    at(timeUs, callback) {
      cancel();
      cancel = clock.after(timeUs - clock.nowUs(), callback);
    },
    cancel: () => cancel(),
  };
}

function comesLater(a: { atUs: number; order: number }, b: { atUs: number; order: number }): boolean {
  return a.atUs > b.atUs || (a.atUs === b.atUs && a.order > b.order);
}
