import { expect, it } from 'vitest';
import { measurePreset } from '../../../testing/measure-preset.ts';
import { startSocketIo } from '../../../testing/npm-chats.ts';
import { startLoneRedis } from '../../../testing/services.ts';

it('two servers of Socket.IO with the Redis adapter bring each message once to each member, wherever it is', async () => {
  const redis = await startLoneRedis();
  const servers = [await startSocketIo(redis.url), await startSocketIo(redis.url)];
  try {
    const target = servers.map(({ host }) => `ws://${host}`).join(',');
    const { messages, connections } = await measurePreset('socket.io', target);
    expect(messages.acked).toBe(1500);
    expect(connections).toMatchObject({ opened: 20, failed: 0 });
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  }
});
