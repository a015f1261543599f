import { Worker } from 'node:worker_threads';
import type { WakeUp } from './wake-up.ts';

export interface Metronome extends WakeUp {
  /** Ends its thread. */
  close(): Promise<void>;
}

/**
 * Wakes within some 0.1 ms of the time asked for, at a few percent of a core: a thread of its own sleeps on a futex, which
 * has no millisecond grid, and then wakes the event loop. Timers of the event loop round to whole milliseconds.
 *
 * Two calls back are at least `tickUs` apart. At high rates a tick gathers messages, and so saves system calls; at low ones
 * it never matters.
 */
export function startMetronome(tickUs: number): Metronome {
  const shared = new SharedArrayBuffer(16);
  const generation = new Int32Array(shared, 0, 1);
  const dueAtUs = new Float64Array(shared, 8, 1);
  dueAtUs[0] = Number.POSITIVE_INFINITY;
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const thread = new Worker(new URL(`./metronome-thread${extension}`, import.meta.url), { workerData: shared });
  thread.unref();
  let callback = () => {};
  /** The time that is set, and the one that was due at the last call. A time that another one replaces was never due. */
  let nextAtUs = Number.POSITIVE_INFINITY;
  let lastAtUs = Number.NEGATIVE_INFINITY;
  thread.on('message', (firedGeneration: number) => {
    if (firedGeneration !== Atomics.load(generation, 0)) return;
    lastAtUs = nextAtUs;
    callback();
  });
  const set = (timeUs: number) => {
    // The time must be in place before the generation moves: the thread reads them in the opposite order.
    dueAtUs[0] = timeUs;
    Atomics.add(generation, 0, 1);
    Atomics.notify(generation, 0);
  };
  return {
    at(timeUs, wake) {
      callback = wake;
      nextAtUs = Math.max(timeUs, lastAtUs + tickUs);
      set(nextAtUs);
    },
    cancel: () => set(Number.POSITIVE_INFINITY),
    async close() {
      await thread.terminate();
    },
  };
}
