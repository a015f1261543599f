import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryAttempts } from '../adapters/memory/memory-attempts.ts';
import { createMemoryBus } from '../adapters/memory/memory-bus.ts';
import { MemoryPeers } from '../adapters/memory/memory-peers.ts';
import { MemoryQueue } from '../adapters/memory/memory-queue.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import { encodeChatMessage } from '../ports/chat-message.ts';
import { encodeEnvelope } from '../ports/envelope.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { visitDeliveries } from '../ports/parcel.ts';
import { startWorker } from './worker.ts';

const PARTITIONS = 8;

let queue: MemoryQueue;
let publisher: QueuePublisher;
let line: MemoryPeers;
let store: ReturnType<typeof createMemoryStore>;
let routing: ReturnType<typeof createMemoryRouting>;
let bus: ReturnType<typeof createMemoryBus>;
let heard: Map<number, number[]>;
let stops: (() => Promise<unknown>)[];

beforeEach(async () => {
  queue = new MemoryQueue(PARTITIONS);
  publisher = queue.openPublisher();
  line = new MemoryPeers();
  store = createMemoryStore();
  routing = createMemoryRouting();
  bus = createMemoryBus();
  heard = new Map(Array.from({ length: PARTITIONS }, (_, partition) => [partition, []]));
  stops = [];
  const presence = await routing.enter('g0');
  for (const partition of heard.keys()) await presence.join(`r${partition}`);
  await bus.subscribe('g0', (payload) =>
    visitDeliveries(payload, (room, _, frame) => {
      heard.get(Number(room.slice(1)))?.push(Number(JSON.parse(frame.toString()).id));
    }),
  );
});

afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
});

/** `kill`: nothing is said, and what is unacknowledged returns. */
async function start(id: string) {
  const consumer = queue.openConsumer(10);
  const peers = line.open();
  const ports = { consumer, store, attempts: createMemoryAttempts(), routing, bus };
  const options = { id, host: '127.0.0.1', port: 0, partitions: PARTITIONS, peers };
  const worker = await startWorker(options, ports, (reason) => expect.unreachable(String(reason)));
  const read = async () => (await (await fetch(worker.stats)).json()) as { partitions: number; processed: number };
  const stop = async () => {
    await worker.stop();
    await consumer.close();
    peers.close();
  };
  stops.push(stop);
  return { id, read, stop, consumer, peers };
}

/** One message in each partition, numbered. */
function publish(n: number): void {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const message = { id: String(n), room: `r${partition}`, from: 'ann', connection: 'x', at: '5', bodyJson: '"x"' };
    publisher.publish(partition, encodeEnvelope('', [encodeChatMessage(message)]), () => {});
  }
}

/** Load for so long; yields what was published. */
async function load(ms: number, from: number): Promise<number> {
  let n = from;
  for (const until = performance.now() + ms; performance.now() < until; n++) {
    publish(n);
    await wait(1);
  }
  return n;
}

async function expectAllInOrder(count: number): Promise<void> {
  await expect.poll(() => queue.depth(), { timeout: 10_000 }).toEqual({ ready: 0, inFlight: 0 });
  for (const [, numbers] of heard) {
    // A repetition may come where somebody died; the first of each must be in order.
    const firsts = [...new Set(numbers)];
    expect(firsts).toEqual(Array.from({ length: count }, (_, n) => n));
  }
}

test('a worker that comes gets its share from those who are there, under load, in order and without loss', async () => {
  const first = await start('a');
  let sent = await load(100, 0);
  expect((await first.read()).partitions).toBe(PARTITIONS);
  const second = await start('b');
  sent = await load(300, sent);
  const [before, beforeSecond] = [await first.read(), await second.read()];
  expect([before.partitions, beforeSecond.partitions]).toEqual([4, 4]);
  const third = await start('c');
  sent = await load(300, sent);
  const counts = await Promise.all([first, second, third].map((worker) => worker.read()));
  expect(counts.map(({ partitions }) => partitions)).toEqual([3, 3, 2]);
  const gained = counts[2]!.processed;
  sent = await load(300, sent);
  expect((await third.read()).processed).toBeGreaterThan(gained);
  await expectAllInOrder(sent);
});

test('a worker that stops under load leaves its share to the others, in order, without loss and repetition', async () => {
  const [first, second] = [await start('a'), await start('b')];
  let sent = await load(200, 0);
  await second.stop();
  sent = await load(200, sent);
  expect((await first.read()).partitions).toBe(PARTITIONS);
  await expectAllInOrder(sent);
  for (const [, numbers] of heard) expect(numbers).toHaveLength(sent);
});

test('a worker that comes back has its share again, and so has the one that is started again after it', async () => {
  const x = await start('x');
  let y = await start('y');
  let sent = await load(100, 0);
  // As it is killed: the queue takes its places, and nobody is told.
  await x.consumer.close();
  x.peers.close();
  sent = await load(100, sent);
  const xAgain = await start('x');
  sent = await load(300, sent);
  await y.stop();
  y = await start('y');
  sent = await load(300, sent);
  const before = await Promise.all([xAgain.read(), y.read()]);
  sent = await load(400, sent);
  const after = await Promise.all([xAgain.read(), y.read()]);
  const [byX, byY] = after.map(({ processed }, i) => processed - before[i]!.processed) as [number, number];
  expect(byX / (byX + byY)).toBeGreaterThan(0.4);
  expect(byX / (byX + byY)).toBeLessThan(0.6);
  await expectAllInOrder(sent);
});
