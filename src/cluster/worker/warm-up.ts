import { setTimeout as wait } from 'node:timers/promises';
import type { Lock } from '../ports/lock.ts';
import type { RoomActivity } from '../ports/room-activity.ts';
import type { CachedRouting } from './cached-routing.ts';

const LOCK_TTL_MS = 5_000;
const TRIES = 50;
const RETRY_MS = 100;
/** Rooms that are looked up at a time. */
const CHUNK = 200;

/**
 * Fills the memory of a worker that starts with the most active rooms, one worker after the other: all of them at once would
 * fall upon Redis just when a cluster comes up. Yields how many rooms; 0 where its turn did not come within 5 s.
 */
export async function warmUp(
  routing: Pick<CachedRouting, 'warm'>,
  activity: RoomActivity,
  lock: Lock,
  rooms: number,
): Promise<number> {
  const held = await acquirePatiently(lock);
  if (held === null) return 0;
  try {
    const active = await activity.mostActive(rooms);
    let warmed = 0;
    for (; warmed < active.length && !held.lost.aborted; warmed += CHUNK) {
      await routing.warm(active.slice(warmed, warmed + CHUNK));
    }
    // Under the fence: should the lock be lost by now, the next holder has done it or will.
    await activity.fade(held.fence);
    return Math.min(warmed, active.length);
  } finally {
    await held.release();
  }
}

async function acquirePatiently(lock: Lock) {
  for (let tries = 1; ; tries++) {
    const held = await lock.acquire('warm-up', LOCK_TTL_MS);
    if (held !== null || tries >= TRIES) return held;
    await wait(RETRY_MS, undefined, { ref: false });
  }
}
