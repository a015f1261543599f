import { parentPort, workerData } from 'node:worker_threads';
import { monotonicUs } from '../../clock.ts';

/** Entry point of the metronome's thread: sleeps until the time in shared memory, then posts the generation it slept for. */

const shared = workerData as SharedArrayBuffer;
const generation = new Int32Array(shared, 0, 1);
const dueAtUs = new Float64Array(shared, 8, 1);

for (;;) {
  const current = Atomics.load(generation, 0);
  const remainingUs = dueAtUs[0]! - monotonicUs();
  if (remainingUs > 0) {
    const outcome = Atomics.wait(generation, 0, current, remainingUs / 1000);
    if (outcome !== 'timed-out') continue;
    // A sleep may end a little early; the send itself may not.
    if (dueAtUs[0]! > monotonicUs()) continue;
  }
  parentPort?.postMessage(current);
  Atomics.wait(generation, 0, current);
}
