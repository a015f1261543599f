import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { UNSTORED_LIMIT } from '../../ports/backlog.ts';
import { openStompTopicBus } from './stomp-topic-bus.ts';

const broker = new WebSocketServer({ host: '127.0.0.1', port: 0 });

afterEach(() => {
  broker.close();
  for (const socket of broker.clients) socket.terminate();
});

test('what waits for a broker that reads nothing is bounded, and goes on when that reads again', async () => {
  broker.on('connection', (socket) => socket.once('message', () => socket.send('CONNECTED\nversion:1.2\n\n\0')));
  const { port } = broker.address() as AddressInfo;
  const connecting = once(broker, 'connection');
  const topics = await openStompTopicBus({ url: `ws://guest:guest@127.0.0.1:${port}/ws`, onLost: () => {} });
  const [socket] = (await connecting) as [WebSocket];
  socket.pause();
  const payload = 'x'.repeat(64 * 1024);
  let bytes = 0;
  // Also what the kernel takes.
  while (bytes < 8 * UNSTORED_LIMIT.bytes && topics.publish('r', payload)) {
    bytes += payload.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(bytes).toBeGreaterThanOrEqual(UNSTORED_LIMIT.bytes - payload.length);
  expect(bytes).toBeLessThan(4 * UNSTORED_LIMIT.bytes);
  socket.resume();
  await expect.poll(() => topics.publish('r', payload)).toBe(true);
  let frames = 0;
  while (frames <= UNSTORED_LIMIT.frames && topics.publish('r', 'x')) frames++;
  expect(frames).toBeLessThanOrEqual(UNSTORED_LIMIT.frames);
  await topics.close();
});
