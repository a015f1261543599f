import { afterEach, expect, test } from 'vitest';
import { Inbox } from '../../testing/inbox.ts';
import { createMemoryAttempts } from '../adapters/memory/memory-attempts.ts';
import { createMemoryBus } from '../adapters/memory/memory-bus.ts';
import { MemoryPeers } from '../adapters/memory/memory-peers.ts';
import { MemoryQueue } from '../adapters/memory/memory-queue.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import type { GatewayBus } from '../ports/buses.ts';
import { encodeChatMessage } from '../ports/chat-message.ts';
import { encodeEnvelope } from '../ports/envelope.ts';
import type { MessageStore } from '../ports/message-store.ts';
import { visitDeliveries } from '../ports/parcel.ts';
import { BATCH_LIMIT } from './batch-loop.ts';
import { startWorker, type Worker } from './worker.ts';

const running: Worker[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
});

/** A worker over memory, with one gateway that holds the room "r". */
async function setUp(store: MessageStore = createMemoryStore(), bus: GatewayBus = createMemoryBus()) {
  const queue = new MemoryQueue(1);
  const routing = createMemoryRouting();
  const [frames, failures] = [new Inbox<string>(), new Inbox<unknown>()];
  const presence = await routing.enter('g0');
  await presence.join('r');
  await bus.subscribe('g0', (payload) => {
    visitDeliveries(payload, (room, connection, frame) => frames.push(`${room} ${connection} ${frame}`));
  });
  const worker = await startWorker(
    { id: 'w0', host: '127.0.0.1', port: 0, partitions: 1, peers: new MemoryPeers().open() },
    { consumer: queue.openConsumer(500), store, attempts: createMemoryAttempts(), routing, bus },
    failures.push,
  );
  running.push(worker);
  const publish = (content: Buffer): void => queue.openPublisher().publish(0, content, () => {});
  return { queue, presence, frames, failures, worker, publish };
}

function line(id: string, bodyJson = `"${id}"`, room = 'r'): string {
  return encodeChatMessage({ id, room, from: 'ann', connection: 'g0.1', at: '5', bodyJson });
}

/** An entry of one message. */
function message(id: string, bodyJson?: string, room?: string): Buffer {
  return encodeEnvelope('', [line(id, bodyJson, room)]);
}

test('a delivery names room and sender connection, and carries the frame for the client', async () => {
  const { frames, publish } = await setUp();
  publish(message('m1'));
  expect(await frames.atLeast(1)).toEqual([
    'r g0.1 {"t":"message","id":"m1","room":"r","seq":1,"from":"ann","at":5,"body":"m1"}',
  ]);
});

test('what is no message and what cannot be stored go to the dead letters, the rest is delivered', async () => {
  const { queue, frames, worker, publish } = await setUp();
  const poison = line('m2', '"un"balanced"');
  for (const content of [message('m1'), Buffer.from('rubbish'), encodeEnvelope('', [poison]), message('m3')]) {
    publish(content);
  }
  const delivered = await frames.atLeast(2);
  expect(delivered.map((line) => /"id":"(\w+)","room":"r","seq":(\d)/.exec(line)?.slice(1))).toEqual([
    ['m1', '1'],
    ['m3', '2'],
  ]);
  await expect.poll(() => queue.depth()).toEqual({ ready: 0, inFlight: 0 });
  expect(queue.deadLetters.map(String)).toEqual(['rubbish', poison]);
  const stats = await fetch(worker.stats).then((response) => response.json());
  expect(stats).toMatchObject({ inFlight: 0, processed: 2, deadLettered: 2 });
});

test('a poisoned message and a spoilt line inside an entry are buried alone: the rest of it is delivered in order', async () => {
  const { queue, frames, worker, publish } = await setUp();
  const poison = line('m2', '"un"balanced"');
  publish(encodeEnvelope('', [line('m1'), poison, 'spoilt', line('m3'), line('m4')]));
  publish(message('m5'));
  const delivered = await frames.atLeast(4);
  expect(delivered.map((text) => /"id":"(\w+)","room":"r","seq":(\d)/.exec(text)?.slice(1).join())).toEqual([
    'm1,1',
    'm3,2',
    'm4,3',
    'm5,4',
  ]);
  await expect.poll(() => queue.depth()).toEqual({ ready: 0, inFlight: 0 });
  expect(queue.deadLetters.map(String)).toEqual(['spoilt', poison]);
  const stats = await fetch(worker.stats).then((response) => response.json());
  expect(stats).toMatchObject({ inFlight: 0, processed: 4, deadLettered: 2 });
});

test('an entry that comes again after a worker died is stored once and delivered again, whole and in order', async () => {
  const store = createMemoryStore();
  const { frames, publish } = await setUp(store);
  const entry = encodeEnvelope(
    '',
    ['a', 'b', 'c'].map((id) => line(id)),
  );
  publish(entry);
  publish(entry);
  const delivered = await frames.atLeast(6);
  const numbers = delivered.map((text) => /"id":"(\w)","room":"r","seq":(\d)/.exec(text)?.slice(1).join(''));
  expect(numbers).toEqual(['a1', 'b2', 'c3', 'a1', 'b2', 'c3']);
  expect(await store.history('r', 0, 10)).toHaveLength(3);
});

test('a batch closes at its limit of messages, not of entries, and what is in flight is counted in messages', async () => {
  const batches: number[] = [];
  const [storing, gate] = [new Inbox<number>(), Promise.withResolvers<void>()];
  const memory = createMemoryStore();
  const { queue, worker, publish } = await setUp({
    ...memory,
    async append(batch) {
      batches.push(batch.length);
      storing.push(batch.length);
      await gate.promise;
      return memory.append(batch);
    },
  });
  const entry = (n: number) =>
    encodeEnvelope(
      '',
      Array.from({ length: 50 }, (_, i) => line(`m${n}.${i}`)),
    );
  publish(message('first'));
  await storing.atLeast(1);
  for (let n = 0; n < 12; n++) publish(entry(n));
  await expect.poll(() => queue.depth()).toEqual({ ready: 0, inFlight: 601 });
  expect(await fetch(worker.stats).then((response) => response.json())).toMatchObject({ inFlight: 601 });
  gate.resolve();
  await expect.poll(() => queue.depth()).toEqual({ ready: 0, inFlight: 0 });
  expect(batches).toEqual([1, BATCH_LIMIT, 100]);
});

test('a batch is stored while the one before is published; they reach the gateways in order, and are then acknowledged', async () => {
  const [stored, publishing] = [new Inbox<string>(), new Inbox<number>()];
  const gate = Promise.withResolvers<void>();
  const [memory, memoryBus] = [createMemoryStore(), createMemoryBus()];
  const store: MessageStore = {
    ...memory,
    async append(batch) {
      const numbers = await memory.append(batch);
      stored.push(batch.map(({ id }) => id).join(''));
      return numbers;
    },
  };
  const bus: GatewayBus = {
    ...memoryBus,
    async publish(parcels) {
      publishing.push(parcels.length);
      if (publishing.items.length === 1) await gate.promise;
      return memoryBus.publish(parcels);
    },
  };
  const { queue, frames, publish } = await setUp(store, bus);
  publish(message('a'));
  await publishing.atLeast(1);
  publish(message('b'));
  expect(await stored.atLeast(2)).toEqual(['a', 'b']);
  expect(publishing.items).toHaveLength(1);
  expect(queue.depth().inFlight).toBe(2);
  gate.resolve();
  const delivered = await frames.atLeast(2);
  expect(delivered.map((text) => /"id":"(\w)"/.exec(text)?.[1])).toEqual(['a', 'b']);
  await expect.poll(() => queue.depth()).toEqual({ ready: 0, inFlight: 0 });
});

test('a worker whose bus fails gives up once, with nothing acknowledged', async () => {
  const broken = async () => {
    throw new Error('gone');
  };
  const { queue, failures, publish } = await setUp(createMemoryStore(), { ...createMemoryBus(), publish: broken });
  publish(message('a'));
  publish(message('b'));
  expect(await failures.atLeast(1)).toMatchObject([{ message: 'gone' }]);
  publish(message('c'));
  await expect.poll(() => queue.depth().inFlight).toBe(3);
  expect(failures.items).toHaveLength(1);
});

test('a batch that was stored while the publication of the one before failed is not acknowledged with it', async () => {
  const [stored, failing] = [new Inbox<string>(), Promise.withResolvers<number>()];
  const memory = createMemoryStore();
  const store: typeof memory = {
    ...memory,
    async append(batch) {
      const numbers = await memory.append(batch);
      stored.push(batch.map(({ id }) => id).join(''));
      return numbers;
    },
  };
  const memoryBus = createMemoryBus();
  let publications = 0;
  const publishFirst: typeof memoryBus.publish = (parcels) =>
    ++publications === 1 ? failing.promise : memoryBus.publish(parcels);
  const { queue, failures, publish } = await setUp(store, { ...memoryBus, publish: publishFirst });
  publish(message('a'));
  await stored.atLeast(1);
  publish(message('b'));
  await stored.atLeast(2);
  failing.reject(new Error('gone'));
  await failures.atLeast(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(publications).toBe(1);
  expect(queue.depth().inFlight).toBe(2);
});

test('who joins a room during a long commit is told, as it may have read the history before', async () => {
  const memory = createMemoryStore();
  const [storing, committed] = [new Inbox<number>(), Promise.withResolvers<void>()];
  const { frames, publish, presence } = await setUp({
    ...memory,
    async append(batch) {
      storing.push(batch.length);
      await committed.promise;
      return memory.append(batch);
    },
  });
  publish(message('m1', '"x"', 'late'));
  await storing.atLeast(1);
  await new Promise((resolve) => setTimeout(resolve, 400));
  await presence.join('late');
  committed.resolve();
  expect(await frames.atLeast(1)).toHaveLength(1);
});

test('messages stay unacknowledged until they are stored, and gather into the next batch meanwhile', async () => {
  const batches: string[] = [];
  const [storing, stored] = [new Inbox<number>(), Promise.withResolvers<void>()];
  const memory = createMemoryStore();
  const { queue, frames, worker, publish } = await setUp({
    ...memory,
    async append(batch) {
      batches.push(batch.map(({ id }) => id).join(''));
      storing.push(batches.length);
      await stored.promise;
      return memory.append(batch);
    },
  });
  publish(message('a'));
  await storing.atLeast(1);
  for (const id of ['b', 'c', 'd']) publish(message(id));
  await expect.poll(() => queue.depth()).toEqual({ ready: 0, inFlight: 4 });
  expect(await fetch(worker.stats).then((response) => response.json())).toMatchObject({ inFlight: 4, processed: 0 });
  expect(frames.items).toEqual([]);
  stored.resolve();
  await frames.atLeast(4);
  expect(batches).toEqual(['a', 'bcd']);
});

test('a message to a room that nobody holds is stored, acknowledged, and counted as unheard', async () => {
  const store = createMemoryStore();
  const { queue, frames, worker, publish } = await setUp(store);
  publish(message('m1', '"x"', 'deserted'));
  publish(message('m2'));
  await frames.atLeast(1);
  await expect.poll(() => queue.depth()).toEqual({ ready: 0, inFlight: 0 });
  expect(await store.history('deserted', 0, 10)).toHaveLength(1);
  expect(frames.items).toHaveLength(1);
  expect(await (await fetch(worker.stats)).json()).toMatchObject({ unheard: 1, processed: 2 });
});

test('a worker that stops leaves what it has not begun to others', async () => {
  const gate = Promise.withResolvers<void>();
  const storing = new Inbox<string>();
  const memory = createMemoryStore();
  const { queue, worker, publish } = await setUp({
    ...memory,
    async append(batch) {
      storing.push('batch');
      await gate.promise;
      return memory.append(batch);
    },
  });
  publish(message('a'));
  await storing.atLeast(1);
  publish(message('b'));
  await expect.poll(() => queue.depth().inFlight).toBe(2);
  const stopped = worker.stop();
  gate.resolve();
  await stopped;
  expect(storing.items).toHaveLength(1);
  expect(queue.depth().inFlight).toBe(1);
});
