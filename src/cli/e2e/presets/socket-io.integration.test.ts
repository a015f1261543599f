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

it('by polling alone each message comes once to each member, too', async () => {
  const server = await startSocketIo();
  try {
    const change = (description: string) => `${description}transport: polling\n`;
    const { messages, connections } = await measurePreset('socket.io', `ws://${server.host}`, { rate: 100, change });
    expect(messages.acked).toBe(500);
    expect(connections).toMatchObject({ opened: 20, failed: 0, dropped: 0 });
    expect(server.transports()).toEqual(new Set(['polling']));
  } finally {
    await server.stop();
  }
});
