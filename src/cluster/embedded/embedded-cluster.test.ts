import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatClient } from '../../testing/chat-client.ts';
import { runChatFlow } from '../../testing/chat-flow.ts';
import {
  ACK_STATIONS,
  CHANNEL_ACK_STATIONS,
  CHANNEL_DELIVERY_STATIONS,
  DELIVERY_STATIONS,
  STAMP_DIGITS,
} from '../wire/hop-stamps.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;

beforeAll(async () => {
  cluster = await startEmbeddedCluster({ gateways: 2, workers: 2 });
});

afterAll(() => cluster.stop());

test('nothing is lost, duplicated, reordered, misrouted or echoed over two gateways and two workers', async () => {
  const { endpoints } = cluster;
  const audit = await runChatFlow({
    endpoints,
    rooms: 8,
    clientsPerRoom: 3,
    messages: 4_000,
    window: 300,
    prefix: 'flow',
  });
  expect(audit).toEqual({
    acked: 4_000,
    lost: 0,
    duplicated: 0,
    misrouted: 0,
    echoed: 0,
    reordered: 0,
    roomsWithGaps: 0,
  });
});

const WORKER_STATIONS = [ACK_STATIONS, DELIVERY_STATIONS] as const;
const CHANNEL_STATIONS = [CHANNEL_ACK_STATIONS, CHANNEL_DELIVERY_STATIONS] as const;

test.each([
  ['worker', true, WORKER_STATIONS],
  ['fanout', true, WORKER_STATIONS],
  ['pubsub', true, CHANNEL_STATIONS],
  ['pattern', true, CHANNEL_STATIONS],
  ['worker', false, []],
  ['pubsub', false, []],
] as const)('frames of %s carry stamps where hops are asked for, and nothing of them else: %s', async (...given) => {
  const [topology, hops, [ackStations, deliveryStations]] = given;
  const own = await startEmbeddedCluster({ topology, gateways: 1, workers: 1, hops });
  try {
    const [ann, bob] = await Promise.all(['ann', 'bob'].map((user) => ChatClient.connect(own.endpoints[0]!, user)));
    await Promise.all([ann!.join('r'), bob!.join('r')]);
    ann!.send('m1', 'r');
    const [ack] = await ann!.told('ack');
    const [message] = await bob!.messages.atLeast(1);
    expect([ack?.hops?.length, message?.hops?.length]).toEqual(
      [ackStations, deliveryStations].map((stations) => stations && stations.length * STAMP_DIGITS),
    );
    expect(['hops' in ack!, 'hops' in message!]).toEqual([hops, hops]);
    for (const stamps of hops ? [ack!.hops!, message!.hops!] : []) {
      const times = Array.from({ length: stamps.length / STAMP_DIGITS }, (_, station) =>
        Number.parseInt(stamps.slice(station * STAMP_DIGITS, (station + 1) * STAMP_DIGITS), 36),
      );
      // In the order in which they were passed, all within the test.
      expect(times).toEqual(times.toSorted((one, other) => one - other));
      expect(times.at(-1)! - times[0]!).toBeLessThan(60_000_000);
    }
    await Promise.all([ann!.close(), bob!.close()]);
  } finally {
    await own.stop();
  }
});

test('a sender gets the acknowledgement and not its own message, its other device gets the message', async () => {
  const [first, second] = cluster.endpoints;
  const phone = await ChatClient.connect(first!, 'ann', 'phone');
  const laptop = await ChatClient.connect(second!, 'ann', 'laptop');
  await Promise.all([phone.join('devices'), laptop.join('devices')]);
  phone.send('m1', 'devices', 'a "quoted" \n line, ünïcode 😀 and \u0000');
  laptop.send('m2', 'devices');
  expect(await phone.acks.atLeast(1)).toEqual(['m1']);
  expect(await laptop.messages.atLeast(1)).toMatchObject([
    { t: 'message', id: 'm1', room: 'devices', from: 'ann', body: 'a "quoted" \n line, ünïcode 😀 and \u0000' },
  ]);
  // m2 passed the same room after m1 or before it: had m1 been echoed, both would be here.
  expect((await phone.messages.atLeast(1)).map(({ id }) => id)).toEqual(['m2']);
  await Promise.all([phone.close(), laptop.close()]);
});

test('a message that is sent again keeps its first sequence number', async () => {
  const [endpoint] = cluster.endpoints;
  const sender = await ChatClient.connect(endpoint!, 'bob');
  const recipient = await ChatClient.connect(endpoint!, 'eve');
  await Promise.all([sender.join('again'), recipient.join('again')]);
  for (const id of ['a', 'b', 'a', 'c']) sender.send(id, 'again');
  const received = await recipient.messages.atLeast(4);
  expect(received.map(({ id, seq }) => `${id}${seq}`)).toEqual(['a1', 'b2', 'a1', 'c3']);
  await Promise.all([sender.close(), recipient.close()]);
});

test('the depth of the queue is readable and comes back to zero', async () => {
  const readDepth = () => fetch(cluster.stats!).then((response) => response.json());
  // A recipient may hear of a message just before its worker acknowledges it.
  await expect.poll(readDepth).toEqual({ ready: 0, inFlight: 0, deadLetters: 0 });
});

test('a worker that is killed in the middle loses and reorders nothing, and what there is to kill is told', async () => {
  const audit = await runChatFlow({
    endpoints: cluster.endpoints,
    rooms: 8,
    clientsPerRoom: 2,
    messages: 3_000,
    window: 300,
    prefix: 'kill',
    before: new Map([500, 1_500].map((n) => [n, () => cluster.faults.kill('worker-1')])),
  });
  expect(audit).toMatchObject({ acked: 3_000, lost: 0, misrouted: 0, reordered: 0, roomsWithGaps: 0 });
  await expect(cluster.faults.kill('redis')).rejects.toThrow(/one of gateway-1, gateway-2, worker-1, worker-2$/);
});
