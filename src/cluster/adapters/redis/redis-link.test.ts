import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Inbox } from '../../../testing/inbox.ts';
import { connectRedis, endRedis } from './redis-link.ts';

const sockets = new Set<Socket>();
/** Answers every command with OK. */
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('data', (commands) => socket.write('+OK\r\n'.repeat(commands.toString().match(/^\*/gm)?.length ?? 0)));
});

afterEach(endServer);

async function startServer(): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function endServer(): void {
  server.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
}

test('a Redis that does not come back is lost when the tries are used up', async () => {
  const lost = new Inbox<Error>();
  await connectRedis(await startServer(), lost.push, 3);
  endServer();
  expect(await lost.atLeast(1)).toMatchObject([{ message: expect.stringContaining('ECONNREFUSED') }]);
});

test('ending does not wait for a Redis that is away, and nobody is told that it is lost', async () => {
  const lost = new Inbox<Error>();
  const redis = await connectRedis(await startServer(), lost.push);
  endServer();
  await once(redis, 'reconnecting');
  void redis.get('key').catch(() => {});
  const begunAt = performance.now();
  await endRedis(redis);
  expect(performance.now() - begunAt).toBeLessThan(500);
  expect(lost.items).toEqual([]);
});
