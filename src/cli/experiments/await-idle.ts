import { setTimeout as wait } from 'node:timers/promises';
import type { RunningTarget } from '../../launch/running-target.ts';
import { openClusterQueue } from '../../sampler/observe/open-cluster-queue.ts';

const POLL_MS = 100;
const LIMIT_MS = 20_000;
/** Where nothing is known of the target's inside, what is on its way has this long. */
const BLIND_MS = 500;

/** Waits until the target's queues are empty, so that a step does not inherit the backlog of the one before; 20 s at most. */
export async function awaitIdle(target: RunningTarget, signal: AbortSignal): Promise<void> {
  const queue =
    target.queue === null ? null : await openClusterQueue(target.queue, target.gatewayStats).catch(() => null);
  if (queue === null) {
    await wait(BLIND_MS, undefined, { signal }).catch(() => {});
    return;
  }
  const giveUpAt = performance.now() + LIMIT_MS;
  try {
    while (performance.now() < giveUpAt && !signal.aborted) {
      const { ready, inFlight } = await queue.read();
      if (ready + (inFlight ?? 0) === 0) return;
      await wait(POLL_MS, undefined, { signal }).catch(() => {});
    }
  } catch {
    // What fails here fails in the next run, too, and is told there.
  } finally {
    await queue.close();
  }
}
