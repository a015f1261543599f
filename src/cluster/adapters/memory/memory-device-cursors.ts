import { LruMap } from '../../lru-map.ts';
import type { Device } from '../../ports/devices.ts';
import { CURSORS_PER_DEVICE, type DeviceCursors } from '../../ports/devices.ts';

/** Cursors of the devices that were heard of last. */
export function createMemoryDeviceCursors(devices = 10_000): DeviceCursors {
  const cursorsOf = new LruMap<string, Map<string, number>>(devices);
  const keyOf = ({ user, device }: Device): string => `${user} ${device}`;
  return {
    async advance(device, positions) {
      const cursors = cursorsOf.get(keyOf(device)) ?? new Map<string, number>();
      for (const [room, seq] of positions) {
        const held = cursors.get(room);
        if (held === undefined && cursors.size >= CURSORS_PER_DEVICE) continue;
        cursors.set(room, Math.max(seq, held ?? 0));
      }
      cursorsOf.set(keyOf(device), cursors);
    },
    async read(device, rooms) {
      const cursors = cursorsOf.get(keyOf(device));
      return rooms.map((room) => cursors?.get(room) ?? null);
    },
  };
}
