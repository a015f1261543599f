import type { Redis } from 'ioredis';
import type { Device } from '../../ports/devices.ts';
import { CURSORS_KEPT_MS, CURSORS_PER_DEVICE, type DeviceCursors } from '../../ports/devices.ts';
import { createScript } from './redis-script.ts';

/** Cursors in Redis: a hash of room → position for each device. */
export function createRedisDeviceCursors(redis: Redis): DeviceCursors {
  const advance = createScript(redis, ADVANCE);
  return {
    async advance(device, positions) {
      if (positions.size === 0) return;
      await advance([keyOf(device)], [CURSORS_KEPT_MS, CURSORS_PER_DEVICE, ...[...positions].flat()]);
    },
    async read(device, rooms) {
      if (rooms.length === 0) return [];
      const cursors = await redis.hmget(keyOf(device), ...rooms);
      return cursors.map((cursor) => (cursor === null ? null : Number(cursor)));
    },
  };
}

/** Names have no blanks, so that no two devices share a key. */
function keyOf({ user, device }: Device): string {
  return `chat:cursors:${user} ${device}`;
}

/** KEYS: the device's. ARGV: how long to keep in ms, most rooms, then room and position by turns. */
const ADVANCE = `
local rooms = redis.call('HLEN', KEYS[1])
for i = 3, #ARGV, 2 do
  local held = redis.call('HGET', KEYS[1], ARGV[i])
  if held and tonumber(held) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  elseif not held and rooms < tonumber(ARGV[2]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    rooms = rooms + 1
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])`;
