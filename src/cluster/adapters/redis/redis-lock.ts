import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { HeldLock, Lock } from '../../ports/lock.ts';
import { createScript } from './redis-script.ts';

/** Locks in Redis: a key with a random token and a life, which only the holder of the token renews or deletes. */
export function createRedisLock(redis: Redis): Lock {
  const acquire = createScript(redis, ACQUIRE);
  const renew = createScript(redis, RENEW);
  const release = createScript(redis, RELEASE);
  return {
    async acquire(name, ttlMs) {
      const token = randomBytes(16).toString('hex');
      const keys = [lockKeyOf(name), `${lockKeyOf(name)}:fence`];
      const fence = (await acquire(keys, [token, ttlMs])) as number | null;
      if (fence === null) return null;
      return holdLock(fence, ttlMs, {
        renew: async () => (await renew(keys, [token, ttlMs])) === 1,
        release: async () => void (await release(keys, [token])),
      });
    },
  };
}

/** It and its fence are in one slot of a Redis Cluster. */
export function lockKeyOf(name: string): string {
  return `{chat}:lock:${name}`;
}

interface Claim {
  /** False where it is held no more. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

function holdLock(fence: number, ttlMs: number, claim: Claim): HeldLock {
  const loss = new AbortController();
  const lose = (): void => {
    clearInterval(renewal);
    loss.abort();
  };
  let renewedAt = performance.now();
  const renewal = setInterval(() => {
    const askedAt = performance.now();
    // Unreachable for so long that others may hold it by now.
    if (askedAt - renewedAt > ttlMs) lose();
    claim.renew().then(
      (held) => {
        if (held) renewedAt = askedAt;
        else lose();
      },
      () => {}, // Told by its connection; the next renewal tries again.
    );
  }, ttlMs / 3).unref();
  return {
    fence,
    lost: loss.signal,
    async release() {
      clearInterval(renewal);
      await claim.release();
    },
  };
}

/** KEYS: lock, fence. ARGV: token, life in ms. */
const ACQUIRE = `
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
return redis.call('INCR', KEYS[2])`;

const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;
