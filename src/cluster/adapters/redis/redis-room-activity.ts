import type { Redis } from 'ioredis';
import { ACTIVE_ROOMS_KEPT, type RoomActivity } from '../../ports/room-activity.ts';
import { createScript } from './redis-script.ts';

const KEY = '{chat}:active-rooms';
const FENCE = '{chat}:active-rooms:fence';

/** Activity in Redis: a sorted set of rooms by their messages. */
export function createRedisRoomActivity(redis: Redis): RoomActivity {
  const note = createScript(redis, NOTE);
  const fade = createScript(redis, FADE);
  return {
    async note(messages) {
      if (messages.size > 0) await note([KEY], [ACTIVE_ROOMS_KEPT, ...[...messages].flat()]);
    },
    mostActive: (count) => redis.zrevrange(KEY, 0, count - 1),
    async fade(fence) {
      await fade([KEY, FENCE], [fence]);
    },
  };
}

/** ARGV: rooms to keep, then room and messages by turns. */
const NOTE = `
for i = 2, #ARGV, 2 do redis.call('ZINCRBY', KEYS[1], ARGV[i + 1], ARGV[i]) end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[1])`;

const FADE = `
if tonumber(ARGV[1]) <= tonumber(redis.call('GET', KEYS[2]) or '0') then return end
redis.call('SET', KEYS[2], ARGV[1])
redis.call('ZUNIONSTORE', KEYS[1], 1, KEYS[1], 'WEIGHTS', 0.5)`;
