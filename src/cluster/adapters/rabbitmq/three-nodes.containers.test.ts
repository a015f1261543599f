import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type CompositionFixture, openComposition } from '../../../testing/containers/composition-fixture.ts';
import { listImages } from '../../../testing/containers/list-images.ts';

const PATIENCE_MS = 900_000;
const NODES = [1, 2, 3] as const;
type NodeNumber = (typeof NODES)[number];
const QUEUE = 'chat.p0';
const NETWORK = 'rabbits';
const FAULT_AFTER_MS = 2_000;
const HEALED_AFTER_MS = 9_000;

const CONFIGURATION = `
cluster_formation.peer_discovery_backend = classic_config
${NODES.map((n) => `cluster_formation.classic_config.nodes.${n} = rabbit@rabbit${n}`).join('\n')}
cluster_partition_handling = pause_minority
log.console.level = warning
`;

let composition: CompositionFixture;
let connections: ChannelModel[];

beforeAll(async () => {
  composition = await openComposition();
}, PATIENCE_MS);

afterAll(() => composition?.stop());

beforeEach(async () => {
  connections = [];
  await startNodes();
}, PATIENCE_MS);

afterEach(async () => {
  for (const connection of connections) await connection.close().catch(() => {});
  await composition.docker('rm', '--force', '--volumes', ...NODES.map(nameOf));
  await composition.docker('network', 'rm', NETWORK);
}, PATIENCE_MS);

function nameOf(node: NodeNumber): string {
  return `rabbit${node}`;
}

async function startNodes(): Promise<void> {
  const { docker, directory, engine } = composition;
  const file = join(directory, 'rabbitmq.conf');
  writeFileSync(file, CONFIGURATION, { mode: 0o644 });
  const bridge = `com.docker.network.bridge.name=${engine.own?.bridgePrefix ?? 'chatb-'}rabbits`;
  await docker('network', 'create', '--opt', bridge, NETWORK);
  const cookie = randomBytes(16).toString('hex');
  const [image = ''] = listImages(['rabbitmq']);
  const variables = {
    RABBITMQ_ERLANG_COOKIE: cookie,
    RABBITMQ_DEFAULT_USER: 'chatbench',
    RABBITMQ_DEFAULT_PASS: 'secret',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `+S 1:1 +sbwt none -setcookie ${cookie}`,
    RABBITMQ_CTL_ERL_ARGS: `-setcookie ${cookie}`,
  };
  const env = Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const mount = ['--volume', `${file}:/etc/rabbitmq/rabbitmq.conf:ro`];
  await Promise.all(
    NODES.map((node) => {
      const place = ['--name', nameOf(node), '--hostname', nameOf(node), '--network', NETWORK, '--user', 'rabbitmq'];
      return docker('run', '--detach', ...place, '--publish', '127.0.0.1::5672', ...env, ...mount, image);
    }),
  );
  const listRunning = () => ask(1, ['cluster_status'], z.object({ running_nodes: z.array(z.string()) }));
  await expect
    .poll(async () => (await listRunning())?.running_nodes.length, { timeout: 300_000, interval: 1_000 })
    .toBe(NODES.length);
}

/** What rabbitmqctl says in a node's container; null where it does not. */
async function ask<T>(node: NodeNumber, command: readonly string[], answer: z.ZodType<T>): Promise<T | null> {
  const asked = ['exec', nameOf(node), 'rabbitmqctl', '--quiet', ...command, '--formatter', 'json'];
  return composition.docker(...asked).then(
    (text) => answer.parse(JSON.parse(text)),
    () => null,
  );
}

async function openChannel(node: NodeNumber): Promise<ConfirmChannel> {
  const [address = ''] = (await composition.docker('port', nameOf(node), '5672/tcp')).split('\n');
  const connection = await connect(`amqp://chatbench:secret@${address}?heartbeat=2`);
  connection.on('error', () => {});
  connections.push(connection);
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return channel;
}

async function findLeader(): Promise<NodeNumber> {
  const rows = z.array(z.object({ name: z.string(), leader: z.string() }));
  const queues = await ask(1, ['list_queues', 'name', 'leader'], rows);
  const leader = queues?.find(({ name }) => name === QUEUE)?.leader ?? '';
  return z.coerce
    .number()
    .pipe(z.union(NODES.map((node) => z.literal(node))))
    .parse(leader.at(-1));
}

interface Flow {
  readonly sent: number;
  readonly confirmed: number;
  /** How often each message came. */
  readonly received: ReadonlyMap<string, number>;
  readonly longestGapMs: number;
}

/** 200 messages a second through a quorum queue, from one node to another, while the third, its leader, is harmed and healed. */
async function flowWhile(
  harm: (leader: string) => Promise<unknown>,
  heal: (leader: string) => Promise<unknown>,
): Promise<Flow> {
  const first = await openChannel(1);
  await first.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  const leader = await findLeader();
  const [from, to] = NODES.filter((node) => node !== leader) as [NodeNumber, NodeNumber];
  const [publisher, consumer] = [await openChannel(from), await openChannel(to)];
  const received = new Map<string, number>();
  await consumer.consume(QUEUE, (message) => {
    if (message === null) return;
    const key = message.content.toString();
    received.set(key, (received.get(key) ?? 0) + 1);
    consumer.ack(message);
  });
  let sent = 0;
  let confirmed = 0;
  let longestGapMs = 0;
  let last = performance.now();
  const sending = setInterval(() => {
    publisher.publish('', QUEUE, Buffer.from(String(sent++)), { persistent: true }, (error) => {
      if (error !== null) return;
      confirmed++;
      longestGapMs = Math.max(longestGapMs, performance.now() - last);
      last = performance.now();
    });
  }, 5);
  const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await after(FAULT_AFTER_MS);
  await harm(nameOf(leader));
  await after(HEALED_AFTER_MS);
  await heal(nameOf(leader));
  await after(FAULT_AFTER_MS);
  clearInterval(sending);
  await expect.poll(() => [confirmed, received.size], { timeout: 120_000 }).toEqual([sent, sent]);
  return { sent, confirmed, received, longestGapMs };
}

const kill = (leader: string) => composition.docker('kill', leader);
const start = (leader: string) => composition.docker('start', leader);
const cut = (leader: string) => composition.docker('network', 'disconnect', NETWORK, leader);
const mend = (leader: string) => composition.docker('network', 'connect', NETWORK, leader);

test.each([
  ['the leader is killed', kill, start],
  ['the link of the leader is cut', cut, mend],
] as const)('what is confirmed arrives once while %s', { timeout: PATIENCE_MS }, async (_, harm, heal) => {
  const { sent, received, longestGapMs } = await flowWhile(harm, heal);
  expect(sent).toBeGreaterThan(500);
  expect([...received.values()].filter((times) => times !== 1)).toEqual([]);
  // Elected anew, and not only when the leader is back.
  expect(longestGapMs).toBeLessThan(HEALED_AFTER_MS + FAULT_AFTER_MS);
});
