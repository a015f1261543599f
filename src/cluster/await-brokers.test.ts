import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { awaitBrokers } from './await-brokers.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function findFreePort(): Promise<number> {
  const port = await listen();
  servers.pop()?.close();
  return port;
}

test('brokers that are there are not waited for, and one that is not configured is not asked', async () => {
  const port = await listen();
  const waited: string[] = [];
  await awaitBrokers([`amqp://u:p@127.0.0.1:${port}`, undefined], 0, (broker) => waited.push(broker));
  expect(waited).toEqual([]);
});

test('a broker that comes up later is waited for, and told of once', async () => {
  const there = await listen();
  const later = await findFreePort();
  const waited: string[] = [];
  const waiting = awaitBrokers(
    [`redis://127.0.0.1:${there}`, `postgres://u:p@127.0.0.1:${later}/db`],
    60_000,
    (broker, { message }) => waited.push(`${broker}: ${message}`),
  );
  await expect.poll(() => waited).toEqual([`postgres: connect ECONNREFUSED 127.0.0.1:${later}`]);
  await listen(later);
  await waiting;
  expect(waited).toHaveLength(1);
});

test('one that does not come up in time is named with its address', async () => {
  const port = await findFreePort();
  await expect(awaitBrokers([`rediss://127.0.0.1:${port}`], 100, () => {})).rejects.toThrow(
    `connect ECONNREFUSED 127.0.0.1:${port}`,
  );
});

test('a name that nobody knows is waited for: in containers a name goes with its container', async () => {
  const waited: string[] = [];
  const waiting = awaitBrokers(['amqp://nobody.invalid'], 200, (broker) => waited.push(broker));
  await expect(waiting).rejects.toThrow(/nobody\.invalid/);
  expect(waited).toEqual(['amqp']);
});
