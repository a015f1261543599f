import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ChatClient } from '../../testing/chat-client.ts';
import { createMemoryBus } from '../adapters/memory/memory-bus.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import { createWorkerPath } from '../paths/worker-path.ts';
import { encodeDelivery } from '../ports/parcel.ts';
import { type Gateway, startGateway } from './gateway.ts';

let gateway: Gateway;
let confirmations: (() => void)[];
const PULSE = { everyMs: 300, timeoutMs: 3_000 };
const bus = createMemoryBus();
const routing = createMemoryRouting();

const SILENT = { publish: () => {}, onRestored: () => {}, close: async () => {} };

beforeEach(async () => {
  confirmations = [];
  gateway = await startGateway(
    { id: 'g0', host: '127.0.0.1', port: 0, pulse: PULSE },
    createWorkerPath(
      { id: 'g0', partitions: 4, outboxLimits: { messages: 2, bytes: 10_000 } },
      {
        publisher: {
          publish: (_, __, confirmed) => void confirmations.push(confirmed),
          onRestored: () => {},
          close: async () => {},
        },
        routing,
        bus,
      },
    ),
  );
});

afterEach(() => gateway.stop());

async function readStats(): Promise<Record<string, number>> {
  const response = await fetch(gateway.stats);
  return (await response.json()) as Record<string, number>;
}

test('frames that are none are answered with an error, and the connection lives on', async () => {
  const client = await ChatClient.connect(gateway.endpoint, 'ann');
  client.webSocket.send('rubbish');
  client.webSocket.send(Buffer.from('{"t":"join","room":"r"}'));
  client.webSocket.send('{"t":"send","id":"m1","room":"r","body":1}');
  client.send('m2', 'r');
  const errors = await client.frames.atLeast(4);
  expect(errors.map((frame) => frame.t === 'error' && [frame.id, frame.code])).toEqual([
    [null, 'bad-frame'],
    [null, 'bad-frame'],
    ['m1', 'bad-frame'],
    ['m2', 'not-a-member'],
  ]);
  await client.join('r');
  expect((await readStats()).refused).toBe(4);
});

test('the acknowledgement waits for the confirmation of the queue', async () => {
  const client = await ChatClient.connect(gateway.endpoint, 'ann');
  await client.join('r');
  client.send('m1', 'r');
  await expect.poll(() => confirmations.length).toBe(1);
  client.send('m2', 'r');
  await expect.poll(() => confirmations.length).toBe(2);
  expect(await readStats()).toMatchObject({ sent: 2, acked: 0, outbox: 2 });
  expect(client.acks.items).toEqual([]);
  confirmations[1]!();
  expect(await client.acks.atLeast(1)).toEqual(['m2']);
  confirmations[0]!();
  expect(await client.acks.atLeast(2)).toEqual(['m2', 'm1']);
});

test('a full outbox refuses messages as overloaded', async () => {
  const client = await ChatClient.connect(gateway.endpoint, 'ann');
  await client.join('r');
  for (const id of ['m1', 'm2', 'm3']) client.send(id, 'r');
  const [, refusal] = await client.frames.atLeast(2);
  expect(refusal).toMatchObject({ t: 'error', id: 'm3', code: 'overloaded' });
  for (const confirm of confirmations) confirm();
});

test('the gateway is routed to as long as it holds a member', async () => {
  const [first, second] = [
    await ChatClient.connect(gateway.endpoint, 'a'),
    await ChatClient.connect(gateway.endpoint, 'b'),
  ];
  await first.join('held');
  await second.join('held');
  await first.close();
  await expect.poll(async () => (await readStats()).connections).toBe(1);
  expect(await routing.gatewaysOf(['held'])).toEqual([['g0']]);
  await second.close();
  await expect.poll(() => routing.gatewaysOf(['held'])).toEqual([[]]);
});

test('a client that does not read is closed, and the others are served', async () => {
  const [deaf, fine] = [
    await ChatClient.connect(gateway.endpoint, 'a'),
    await ChatClient.connect(gateway.endpoint, 'b'),
  ];
  await Promise.all([deaf.join('flood'), fine.join('flood')]);
  deaf.webSocket.pause();
  const payload = encodeDelivery('flood', 'nobody', `{"t":"message","body":"${'x'.repeat(60_000)}"}`).repeat(4);
  let rounds = 0;
  while ((await readStats()).slowConsumersClosed === 0) {
    expect(rounds++).toBeLessThan(500);
    await bus.publish([{ gateway: 'g0', payload }]);
    await fine.messages.atLeast(4 * rounds);
  }
  const closed = deaf.closed();
  deaf.webSocket.resume();
  expect(await closed).toBe(1013);
});

test('a client whose peer is cut off is gone after the time for a pong, with its rooms, and the others stay', async () => {
  const [cutOff, quiet] = [
    await ChatClient.connect(gateway.endpoint, 'a'),
    await ChatClient.connect(gateway.endpoint, 'b'),
  ];
  await Promise.all([cutOff.join('half-open'), quiet.join('quiet')]);
  cutOff.webSocket.pause();
  expect(await readStats()).toMatchObject({ connections: 2, deadClosed: 0 });
  await expect.poll(readStats).toMatchObject({ connections: 1, deadClosed: 1, subscriptions: 1 });
  await expect.poll(() => routing.gatewaysOf(['half-open', 'quiet'])).toEqual([[], ['g0']]);
});

test('a frame above 64 KiB closes its connection only', async () => {
  const [big, small] = [
    await ChatClient.connect(gateway.endpoint, 'a'),
    await ChatClient.connect(gateway.endpoint, 'b'),
  ];
  big.webSocket.send('x'.repeat(64 * 1024 + 1));
  expect(await big.closed()).toBe(1009);
  await small.join('r');
});

test.each(['/', '/ws', '/ws?user=u1', '/ws?user=a%20b&device=d0', '/other?user=u1&device=d0'])(
  'a connection to %s is refused',
  async (target) => {
    const webSocket = new WebSocket(new URL(target, gateway.endpoint));
    const [error] = await once(webSocket, 'error');
    expect(error.message).toContain('400');
  },
);

test('a socket that breaks off in the handshake does no harm', async () => {
  const { port } = new URL(gateway.endpoint);
  const socket = createConnection(Number(port), '127.0.0.1');
  socket.write('GET /ws?user=a&device=b HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  socket.resetAndDestroy();
  await once(socket, 'close');
  const client = await ChatClient.connect(gateway.endpoint, 'ann');
  await client.join('r');
});

test('a gateway that stops acknowledges what it has taken, then closes its connections', async () => {
  const client = await ChatClient.connect(gateway.endpoint, 'ann');
  await client.join('r');
  client.send('m1', 'r');
  await expect.poll(() => confirmations.length).toBe(1);
  const [closed, stopped] = [client.closed(), gateway.stop()];
  confirmations[0]!();
  expect(await closed).toBe(1001);
  await stopped;
  expect(client.acks.items).toEqual(['m1']);
});

test('a gateway that stops counts as not ready at once, takes nobody in, and sends its clients away one after the other', async () => {
  const draining = await startGateway(
    { id: 'g1', host: '127.0.0.1', port: 0, drainMs: 400 },
    createWorkerPath({ id: 'g1', partitions: 4 }, { publisher: SILENT, routing, bus }),
  );
  const clients = await Promise.all(
    ['ann', 'bob', 'cat', 'dan'].map((user) => ChatClient.connect(draining.endpoint, user)),
  );
  await clients[0]!.join('r');
  const closes = clients.map(async (client) => {
    const [code, reason] = await once(client.webSocket, 'close');
    return { code, reason: String(reason), atMs: performance.now() };
  });
  const stopped = draining.stop();
  const health = draining.stats.replace('/stats', '/health');
  const answer = await fetch(health);
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { status: 'unavailable', silent: [], troubles: ['draining'] },
  ]);
  await expect(ChatClient.connect(draining.endpoint, 'eve')).rejects.toThrow(/503/);
  const closed = await Promise.all(closes);
  await stopped;
  for (const { code, reason } of closed)
    expect([code, reason]).toEqual([1012, expect.stringMatching(/^come back in \d+ ms$/)]);
  const times = closed.map(({ atMs }) => atMs);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(100);
});
