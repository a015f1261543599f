import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { Inbox } from '../../../testing/inbox.ts';
import { openStompLink } from './stomp-link.ts';

let broker: WebSocketServer | null = null;

afterEach(() => void end());

/** Lets everybody in. */
async function start(port = 0): Promise<number> {
  broker = new WebSocketServer({ host: '127.0.0.1', port });
  broker.on('connection', (socket) => socket.once('message', () => socket.send('CONNECTED\nversion:1.2\n\n\0')));
  await once(broker, 'listening');
  return (broker.address() as AddressInfo).port;
}

function end(): void {
  broker?.close();
  for (const socket of broker?.clients ?? []) socket.terminate();
  broker = null;
}

function link(port: number, retries: number) {
  const [linked, broken, lost] = [new Inbox<unknown>(), new Inbox<void>(), new Inbox<Error>()];
  const opened = openStompLink({
    url: `ws://guest:guest@127.0.0.1:${port}/ws`,
    onLinked: linked.push,
    onBroken: () => broken.push(),
    onLost: lost.push,
    retries,
  });
  return { opened, linked, broken, lost };
}

test('a broker that comes back in time is linked to again, one that does not is lost', async () => {
  const port = await start();
  const { opened, linked, lost } = link(port, 8);
  const { close } = await opened;
  end();
  await start(port);
  await linked.atLeast(2);
  expect(lost.items).toEqual([]);
  end();
  expect(await lost.atLeast(1)).toMatchObject([{ message: expect.stringContaining('ECONNREFUSED') }]);
  await close();
});

test('a link that is closed between two tries is not tried again, and closing it does not wait', async () => {
  const port = await start();
  const { opened, broken, linked, lost } = link(port, 1_000);
  const { close } = await opened;
  end();
  await broken.atLeast(1);
  const begunAt = performance.now();
  await close();
  expect(performance.now() - begunAt).toBeLessThan(500);
  await start(port);
  await wait(1_200);
  expect([broker?.clients.size, linked.items.length, lost.items.length]).toEqual([0, 1, 0]);
});
