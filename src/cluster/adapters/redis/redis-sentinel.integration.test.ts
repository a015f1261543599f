import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startLoneRedis, startSentinel } from '../../../testing/services.ts';
import { connectRedis, endRedis } from './redis-link.ts';
import { createRedisLock } from './redis-lock.ts';

test('who is told of Sentinels finds the master, and the one after it, and writes there', async () => {
  const [first, second] = await Promise.all([startLoneRedis(), startLoneRedis()]);
  const [firstPort, secondPort] = [first, second].map(({ url }) => Number(new URL(url).port));
  const sentinel = await startSentinel(firstPort!);
  const [asOne, asOther, watch] = [firstPort!, secondPort!, sentinel.port].map((port) => new Redis(port, '127.0.0.1'));
  // One that is not there comes first: the other is asked then.
  const redis = await connectRedis(`redis+sentinel://127.0.0.1:1/chat?sentinel=127.0.0.1:${sentinel.port}`, raise);
  try {
    await asOther!.replicaof('127.0.0.1', firstPort!);
    await redis.set('before', 'x');
    expect(await asOne!.get('before')).toBe('x');
    await expect.poll(() => asOther!.get('before')).toBe('x');
    // It hears of the replica from its master, every ten seconds.
    await expect.poll(async () => String(await watch!.call('SENTINEL', 'replicas', 'chat'))).toContain(`${secondPort}`);
    await expect.poll(() => watch!.call('SENTINEL', 'failover', 'chat').catch(String)).toBe('OK');
    await expect.poll(async () => String(await asOther!.info('replication'))).toContain('role:master');
    // Who was the master takes what is written for a moment yet, and forgets it then.
    const writeAndRead = () => redis.set('after', 'y').then(() => asOther!.get('after'));
    await expect.poll(() => writeAndRead().catch(String)).toBe('y');
    expect(await createRedisLock(redis).acquire('lock', 1_000)).not.toBeNull();
  } finally {
    await endRedis(redis);
    for (const link of [asOne, asOther, watch]) link!.disconnect();
    await Promise.all([sentinel.stop(), first.stop(), second.stop()]);
  }
});

test('without a Sentinel that answers it is no start', async () => {
  await expect(connectRedis('redis+sentinel://127.0.0.1:1/chat', raise)).rejects.toThrow(/sentinels are unreachable/i);
});

function raise(reason: unknown): never {
  throw reason;
}
