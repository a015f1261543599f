import { expect, test } from 'vitest';
import { Inbox } from '../../testing/inbox.ts';
import { createMemoryAttempts } from '../adapters/memory/memory-attempts.ts';
import { createMemoryBus } from '../adapters/memory/memory-bus.ts';
import { MemoryQueue } from '../adapters/memory/memory-queue.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import { encodeChatMessage } from '../ports/chat-message.ts';
import { encodeEnvelope } from '../ports/envelope.ts';
import { visitDeliveries } from '../ports/parcel.ts';
import { BatchLoop } from './batch-loop.ts';

/** A queue that outlives its workers, and a store of which one message never comes back: who has that in hand is as good as dead. */
async function setUp() {
  const queue = new MemoryQueue(1);
  const [routing, bus, memory, log] = [
    createMemoryRouting(),
    createMemoryBus(),
    createMemoryStore(),
    createMemoryAttempts(),
  ];
  const begun = new Set<string>();
  const attempts: typeof log = {
    begin(keys) {
      for (const key of keys) begun.add(key);
      return log.begin(keys);
    },
    end(keys) {
      for (const key of keys) begun.delete(key);
      return log.end(keys);
    },
  };
  const [frames, dying] = [new Inbox<string>(), new Inbox<readonly string[]>()];
  await (await routing.enter('g0')).join('r');
  await bus.subscribe('g0', (payload) => {
    visitDeliveries(payload, (_, __, frame) => frames.push(JSON.parse(frame.toString()).id));
  });
  const store: typeof memory = {
    ...memory,
    append(batch) {
      const ids = batch.map(({ id }) => id);
      if (!ids.includes('poison')) return memory.append(batch);
      dying.push(ids);
      return new Promise(() => {});
    },
  };
  /** Yields how it dies. */
  const startWorker = async (): Promise<() => Promise<void>> => {
    const consumer = queue.openConsumer(100);
    const loop = new BatchLoop({ consumer, store, attempts, routing, bus }, (reason) =>
      expect.unreachable(`${reason}`),
    );
    await consumer.consume(0, (delivery) => loop.gather(delivery));
    return () => consumer.close();
  };
  const publish = (...ids: string[]): void => {
    const lines = ids.map((id) =>
      encodeChatMessage({ id, room: 'r', from: 'ann', connection: 'g0.1', at: '5', bodyJson: '"x"' }),
    );
    queue.openPublisher().publish(0, encodeEnvelope('', lines), () => {});
  };
  return { queue, memory, frames, begun, dying, startWorker, publish };
}

test('a message that ends three workers is buried alone, and all others arrive in their order', async () => {
  const { queue, memory, frames, dying, startWorker, publish } = await setUp();
  publish('a', 'b');
  publish('c', 'poison', 'd');
  publish('e');
  for (const tries of [1, 2, 3]) {
    const die = await startWorker();
    await dying.atLeast(tries);
    await die();
  }
  // In a batch with others, once more, alone.
  const together = ['a', 'b', 'c', 'poison', 'd', 'e'];
  expect(dying.items).toEqual([together, together, ['poison']]);
  await startWorker();
  await expect.poll(() => queue.depth()).toEqual({ ready: 0, inFlight: 0 });
  expect(dying.items).toHaveLength(3);
  expect(queue.deadLetters.map((line) => /poison/.test(String(line)))).toEqual([true]);
  expect((await memory.history('r', 0, 10)).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect([...new Set(frames.items)]).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('of work that is done no count stays behind', async () => {
  const { queue, frames, begun, dying, startWorker, publish } = await setUp();
  publish('a', 'b');
  publish('poison');
  const die = await startWorker();
  await dying.atLeast(1);
  await die();
  const dieAgain = await startWorker();
  await dying.atLeast(2);
  // Both entries: which one it dies with is not known yet.
  expect(begun.size).toBe(2);
  await dieAgain();
  const dieAlone = await startWorker();
  await frames.atLeast(2);
  await dying.atLeast(3);
  await dieAlone();
  await startWorker();
  await expect.poll(() => queue.depth()).toEqual({ ready: 0, inFlight: 0 });
  await expect.poll(() => begun.size).toBe(0);
});
