import { afterEach, expect, test } from 'vitest';
import type { Balance, Topology } from '../../choices.ts';
import { ChatClient } from '../../testing/chat-client.ts';
import { runChatFlow } from '../../testing/chat-flow.ts';
import { launchTarget } from '../launch-target.ts';
import type { RunningTarget } from '../running-target.ts';

let target: RunningTarget | null = null;

afterEach(async () => {
  await target?.stop();
  target = null;
});

test('nginx passes every message on, and spreads connections evenly by round robin', async () => {
  const { endpoints, gatewayStats, description } = await launch('round-robin', 'worker');
  expect(endpoints).toHaveLength(1);
  expect(description.components.find(({ name }) => name === 'nginx')?.version).toMatch(/^\d+\.\d+/);
  const audit = await runChatFlow({
    endpoints,
    rooms: 6,
    clientsPerRoom: 2,
    messages: 600,
    window: 100,
    prefix: 'nginx',
  });
  expect(audit).toMatchObject({ acked: 600, lost: 0, duplicated: 0, misrouted: 0, reordered: 0 });
  const clients = await connectAll(endpoints[0] ?? '', 12);
  expect(await countConnections(gatewayStats)).toEqual([6, 6]);
  await Promise.all(clients.map((client) => client.close()));
});

test('nginx sends all that come from one network to one gateway by ip-hash', async () => {
  const { endpoints, gatewayStats } = await launch('ip-hash');
  const clients = await connectAll(endpoints[0] ?? '', 8);
  expect((await countConnections(gatewayStats)).sort()).toEqual([0, 8]);
  await Promise.all(clients.map((client) => client.close()));
});

test('nginx counts the connections of all of its workers together by least-conn', async () => {
  const { endpoints, gatewayStats } = await launch('least-conn');
  const clients: ChatClient[] = [];
  for (let i = 0; i < 10; i++) clients.push(await ChatClient.connect(endpoints[0] ?? '', `u${i}`));
  expect(await countConnections(gatewayStats)).toEqual([5, 5]);
  await Promise.all(clients.map((client) => client.close()));
});

test('nginx picks the less busy of two gateways by random-two', async () => {
  const { endpoints, gatewayStats } = await launch('random-two');
  const clients: ChatClient[] = [];
  for (let i = 0; i < 10; i++) clients.push(await ChatClient.connect(endpoints[0] ?? '', `u${i}`));
  expect(await countConnections(gatewayStats)).toEqual([5, 5]);
  await Promise.all(clients.map((client) => client.close()));
});

/** Connections are spread alike whatever is behind the gateways: one topology with a queue is enough. */
async function launch(balance: Balance, topology: Topology = 'pubsub'): Promise<RunningTarget> {
  target = await launchTarget({ kind: 'local', topology, gateways: 2, workers: 1, balance }, { attach: false });
  return target;
}

function connectAll(endpoint: string, count: number): Promise<ChatClient[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => ChatClient.connect(endpoint, `u${i}`)));
}

async function countConnections(stats: readonly string[]): Promise<number[]> {
  return Promise.all(
    stats.map(async (address) => {
      const { connections } = (await (await fetch(address)).json()) as { connections: number };
      return connections;
    }),
  );
}
