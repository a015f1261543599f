import { describe, expect, test } from 'vitest';
import { ACTIVE_ROOMS_KEPT, type RoomActivity } from '../../cluster/ports/room-activity.ts';

/** @param open the same one at each call, empty at the first */
export function describeRoomActivity(name: string, open: () => RoomActivity): void {
  describe(`${name} as room activity`, () => {
    test('the rooms with most messages come first, older ones fade, and a lower fence fades nothing', async () => {
      await open().note(new Map(Object.entries({ calm: 10, busy: 300, past: 100 })));
      await open().note(new Map(Object.entries({ calm: 100 })));
      expect(await open().mostActive(2)).toEqual(['busy', 'calm']);
      await open().fade(5);
      await open().fade(4);
      await open().fade(5);
      await open().note(new Map(Object.entries({ past: 90, calm: 80 })));
      expect(await open().mostActive(10)).toEqual(['busy', 'past', 'calm']);
    });

    test('only so many rooms are kept, those with most messages', async () => {
      await open().note(new Map(Array.from({ length: ACTIVE_ROOMS_KEPT + 100 }, (_, n) => [`n${n}`, 1_000 + n])));
      const rooms = await open().mostActive(2 * ACTIVE_ROOMS_KEPT);
      expect(rooms).toHaveLength(ACTIVE_ROOMS_KEPT);
      expect(rooms[0]).toBe(`n${ACTIVE_ROOMS_KEPT + 99}`);
      expect(rooms).not.toContain('busy');
    });
  });
}
