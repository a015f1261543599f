import { Redis } from 'ioredis';
import type { RedisAccess } from '../access.ts';
import { ANSWER_WITHIN_MS, holdLink } from '../hold-link.ts';
import type { Observation } from '../observation.ts';

type ReadLength = (redis: Redis, key: string) => Promise<number>;

/** How long the value of a key is, by its type. */
const LENGTH_OF: Readonly<Record<string, ReadLength>> = {
  list: (redis, key) => redis.llen(key),
  stream: (redis, key) => redis.xlen(key),
  zset: (redis, key) => redis.zcard(key),
  set: (redis, key) => redis.scard(key),
  hash: (redis, key) => redis.hlen(key),
  // A list that was emptied is gone.
  none: async () => 0,
};

/** The length of a list or stream, what a group of a stream has not acknowledged, or a number that INFO tells. */
export function observeRedis(name: string, { url, what, key, group }: RedisAccess): readonly Observation[] {
  const link = holdLink(
    async () => {
      // Whoever opens it again is the link: the client's own attempts would make readings wait.
      const redis = new Redis(url, {
        lazyConnect: true,
        enableOfflineQueue: false,
        enableReadyCheck: false,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
        connectTimeout: ANSWER_WITHIN_MS,
        connectionName: 'chatbench',
      });
      let reason: Error | null = null;
      redis.on('error', (error: Error) => {
        reason ??= error;
      });
      await redis.connect().catch((error: unknown) => {
        redis.disconnect();
        throw reason ?? error;
      });
      return redis;
    },
    (redis) => redis.disconnect(),
  );
  const read = { length: lengthReader(), pending: readPending(group ?? ''), info: readInfo }[what];
  const unit = what === 'info' && /^used_memory|_bytes$|^maxmemory$/.test(key) ? 'bytes' : 'number';
  return [{ name, unit, read: () => link.use((redis) => read(redis, key)), close: link.close }];
}

/** Asks for the type of a key while there is none, and again where it has become another one. */
function lengthReader(): ReadLength {
  let known: ReadLength | null = null;
  const ask: ReadLength = async (redis, key) => {
    const type = await redis.type(key);
    const read = LENGTH_OF[type];
    if (read === undefined) throw new Error(`the key ${JSON.stringify(key)} is a ${type}, which has no length`);
    known = type === 'none' ? null : read;
    return read(redis, key);
  };
  return async (redis, key) => {
    if (known === null) return ask(redis, key);
    try {
      return await known(redis, key);
    } catch (error) {
      if (!/^WRONGTYPE/.test(String((error as Error).message))) throw error;
      return ask(redis, key);
    }
  };
}

function readPending(group: string) {
  return async (redis: Redis, key: string): Promise<number> => Number((await redis.xpending(key, group))[0]);
}

async function readInfo(redis: Redis, field: string): Promise<number> {
  const line = (await redis.info()).split(/\r?\n/).find((text) => text.startsWith(`${field}:`));
  const text = line?.slice(field.length + 1) ?? '';
  if (text === '' || Number.isNaN(Number(text))) throw new Error(`INFO has no number ${JSON.stringify(field)}`);
  return Number(text);
}
