import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Device } from '../../ports/devices.ts';
import { SESSION_TTL_MS, type Sessions } from '../../ports/devices.ts';
import { createScript } from './redis-script.ts';

/** Sessions in Redis: a hash each, of room → whether with notices, beside the device that it belongs to. */
export function createRedisSessions(redis: Redis, ttlMs = SESSION_TTL_MS): Sessions {
  const setField = createScript(redis, SET_FIELD);
  return {
    async open(device) {
      const id = randomBytes(16).toString('hex');
      await redis.multi().hset(keyOf(id), OWNER, describe(device)).pexpire(keyOf(id), ttlMs).exec();
      return id;
    },
    async resume(id, device) {
      const { [OWNER]: owner, ...rooms } = await redis.hgetall(keyOf(id));
      if (owner !== describe(device)) return null;
      await redis.pexpire(keyOf(id), ttlMs);
      return Object.entries(rooms).map(([room, notices]) => ({ room, notices: notices === '1' }));
    },
    async join(id, { room, notices }) {
      await setField([keyOf(id)], [room, notices ? '1' : '0']);
    },
    async leave(id, room) {
      await redis.hdel(keyOf(id), room);
    },
    async keep(ids) {
      if (ids.length === 0) return;
      const pipeline = redis.pipeline();
      for (const id of ids) pipeline.pexpire(keyOf(id), ttlMs);
      await pipeline.exec();
    },
  };
}

/** No room has this name: names have no blanks. */
const OWNER = ' device';

function describe({ user, device }: Device): string {
  return `${user} ${device}`;
}

function keyOf(id: string): string {
  return `chat:session:${id}`;
}

/** A room that is noted after the end would be a session without end. KEYS: session. ARGV: room, value. */
const SET_FIELD = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end`;
