import type { RoomActivity } from '../ports/room-activity.ts';
import type { RoomRouting } from '../ports/room-routing.ts';

/** One batch in so many is counted: which rooms are busiest shows all the same. */
const SAMPLE = 16;
const WRITE_EVERY_MS = 5_000;
/** Rooms that wait to be written; of more, those that came first. */
const ROOMS_HELD = 5_000;

/** The same routing, which notes what it is asked for: once for each message. Its `close` ends that. */
export function recordActivity(routing: RoomRouting, activity: RoomActivity): RoomRouting {
  let counts = new Map<string, number>();
  let batches = 0;
  const writing = setInterval(() => {
    const written = counts;
    counts = new Map();
    // Roughly is enough: what does not get through is not missed.
    activity.note(written).catch(() => {});
  }, WRITE_EVERY_MS).unref();
  return {
    ...routing,
    gatewaysOf(rooms) {
      if (batches++ % SAMPLE === 0) {
        for (const room of rooms) {
          const count = counts.get(room) ?? 0;
          if (count > 0 || counts.size < ROOMS_HELD) counts.set(room, count + 1);
        }
      }
      return routing.gatewaysOf(rooms);
    },
    async close() {
      clearInterval(writing);
      await routing.close();
    },
  };
}
