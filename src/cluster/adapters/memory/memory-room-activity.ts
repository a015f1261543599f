import { ACTIVE_ROOMS_KEPT, type RoomActivity } from '../../ports/room-activity.ts';

/** Activity within one process. */
export function createMemoryRoomActivity(): RoomActivity {
  let counts = new Map<string, number>();
  let fence = 0;
  const ranked = (): [string, number][] => [...counts].sort((one, other) => other[1] - one[1]);
  return {
    async note(messages) {
      for (const [room, count] of messages) counts.set(room, (counts.get(room) ?? 0) + count);
      if (counts.size > ACTIVE_ROOMS_KEPT) counts = new Map(ranked().slice(0, ACTIVE_ROOMS_KEPT));
    },
    mostActive: async (most) =>
      ranked()
        .slice(0, most)
        .map(([room]) => room),
    async fade(given) {
      if (given <= fence) return;
      fence = given;
      for (const [room, count] of counts) counts.set(room, count / 2);
    },
  };
}
