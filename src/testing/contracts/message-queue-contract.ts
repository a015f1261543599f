import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Delivery, QueueConsumer, QueuePublisher } from '../../cluster/ports/message-queue.ts';
import { Inbox } from '../inbox.ts';

/** A queue of at least `CONTRACT_PARTITIONS` partitions, empty at first. */
export interface QueueUnderTest {
  openPublisher(): Promise<QueuePublisher>;
  openConsumer(prefetch: number): Promise<QueueConsumer>;
  countDeadLetters(): Promise<number>;
}

/** Each test has partitions of its own, so that none finds what another has left. */
export const CONTRACT_PARTITIONS = 9;

export function describeMessageQueue(name: string, queue: () => QueueUnderTest): void {
  describe(`${name} as message queue`, () => {
    let publisher: QueuePublisher;
    const consumers: QueueConsumer[] = [];

    async function open(prefetch = 100): Promise<QueueConsumer> {
      const consumer = await queue().openConsumer(prefetch);
      consumers.push(consumer);
      return consumer;
    }

    async function publish(partition: number, texts: readonly string[]): Promise<void> {
      const confirmed = new Inbox<string>();
      for (const text of texts) publisher.publish(partition, Buffer.from(text), () => confirmed.push(text));
      expect([...(await confirmed.atLeast(texts.length))].sort()).toEqual([...texts].sort());
    }

    beforeEach(async () => {
      publisher = await queue().openPublisher();
    });

    afterEach(async () => {
      await publisher.close();
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
    });

    test('every message is confirmed, and delivered once and in order', async () => {
      const texts = Array.from({ length: 50 }, (_, n) => `text ${n}`);
      await publish(0, texts);
      const consumer = await open();
      const inbox = new Inbox<Delivery>();
      await consumer.consume(0, inbox.push);
      expect(textsOf(await inbox.atLeast(50))).toEqual(texts);
      expect(inbox.items.some(({ redelivered }) => redelivered)).toBe(false);
      consumer.ackThrough(inbox.items.at(-1)!);
    });

    test('unacknowledged deliveries of a partition never exceed the prefetch', async () => {
      await publish(
        1,
        Array.from({ length: 9 }, (_, n) => `${n}`),
      );
      const consumer = await open(3);
      const inbox = new Inbox<Delivery>();
      let acknowledged = 0;
      let most = 0;
      await consumer.consume(1, (delivery) => {
        inbox.push(delivery);
        most = Math.max(most, inbox.items.length - acknowledged);
        if (inbox.items.length % 3 !== 0) return;
        acknowledged += 3;
        consumer.ackThrough(delivery);
      });
      await inbox.atLeast(9);
      expect(most).toBe(3);
    });

    test('a consumer that acknowledges each delivery gets all of them, whatever is held back of a small prefetch', async () => {
      await publish(
        7,
        Array.from({ length: 60 }, (_, n) => `${n}`),
      );
      const consumer = await open(10);
      const inbox = new Inbox<Delivery>();
      await consumer.consume(7, (delivery) => {
        inbox.push(delivery);
        consumer.ackThrough(delivery);
      });
      expect(textsOf(await inbox.atLeast(60))).toEqual(Array.from({ length: 60 }, (_, n) => `${n}`));
      expect(inbox.items.some(({ redelivered }) => redelivered)).toBe(false);
    });

    test('one acknowledgement covers what came before of its partition, and nothing after or elsewhere', async () => {
      const consumer = await open();
      const inbox = new Inbox<Delivery>();
      await consumer.consume(2, inbox.push);
      await consumer.consume(3, inbox.push);
      await publish(3, ['x']);
      await inbox.atLeast(1);
      await publish(2, ['a', 'b', 'c']);
      await inbox.atLeast(4);
      expect(inbox.items.map(({ partition }) => partition)).toEqual([3, 2, 2, 2]);
      consumer.ackThrough(inbox.items[2]!);
      await consumer.close();
      const heir = await open();
      const inherited = new Inbox<Delivery>();
      await heir.consume(3, inherited.push);
      await heir.consume(2, inherited.push);
      expect(textsOf(await inherited.atLeast(2)).sort()).toEqual(['c', 'x']);
      for (const delivery of inherited.items) heir.ackThrough(delivery);
    });

    test('a second consumer stands by, and takes over from the oldest unacknowledged message when the first is gone', async () => {
      const [first, second] = [await open(), await open()];
      const [atFirst, atSecond] = [new Inbox<Delivery>(), new Inbox<Delivery>()];
      await first.consume(4, atFirst.push);
      await second.consume(4, atSecond.push);
      await publish(4, ['a', 'b', 'c', 'd']);
      await atFirst.atLeast(4);
      expect(atSecond.items).toEqual([]);
      first.ackThrough(atFirst.items[0]!);
      await first.close();
      await publish(4, ['e']);
      const taken = await atSecond.atLeast(4);
      expect(textsOf(taken)).toEqual(['b', 'c', 'd', 'e']);
      expect(taken.map(({ redelivered }) => redelivered)).toEqual([true, true, true, false]);
      second.ackThrough(taken[3]!);
    });

    test('a dead letter is kept apart when it is said to be, and does not come again', async () => {
      const before = await queue().countDeadLetters();
      const consumer = await open();
      const inbox = new Inbox<Delivery>();
      await consumer.consume(5, inbox.push);
      await publish(5, ['poison', 'good', 'unfinished']);
      await inbox.atLeast(3);
      await consumer.deadLetter(inbox.items[0]!.content);
      consumer.ackThrough(inbox.items[1]!);
      await consumer.close();
      const heir = await open();
      const inherited = new Inbox<Delivery>();
      await heir.consume(5, inherited.push);
      expect(textsOf(await inherited.atLeast(1))).toEqual(['unfinished']);
      heir.ackThrough(inherited.items[0]!);
      await expect.poll(() => queue().countDeadLetters()).toBe(before + 1);
    });

    test('who leaves a partition gives back what is unacknowledged before the next one gets anything, and then stands behind', async () => {
      const [first, second] = [await open(), await open()];
      const [atFirst, again, atSecond] = [new Inbox<Delivery>(), new Inbox<Delivery>(), new Inbox<Delivery>()];
      await first.consume(6, atFirst.push);
      await second.consume(6, atSecond.push);
      await publish(6, ['a', 'b', 'c']);
      await atFirst.atLeast(3);
      first.ackThrough(atFirst.items[0]!);
      const leaving = first.leave(6);
      const publishing = publish(6, ['d', 'e']);
      await leaving;
      await first.consume(6, again.push);
      await publishing;
      expect(textsOf(await atSecond.atLeast(4))).toEqual(['b', 'c', 'd', 'e']);
      second.ackThrough(atSecond.items[2]!);
      await second.close();
      expect(textsOf(await again.atLeast(1))).toEqual(['e']);
      expect(atFirst.items).toHaveLength(3);
      first.ackThrough(again.items[0]!);
    });

    test('an acknowledgement after its partition was left has no effect', async () => {
      const [first, second] = [await open(), await open()];
      const [atFirst, atSecond] = [new Inbox<Delivery>(), new Inbox<Delivery>()];
      await first.consume(8, atFirst.push);
      await publish(8, ['a']);
      await atFirst.atLeast(1);
      await first.leave(8);
      await first.consume(8, atFirst.push);
      await atFirst.atLeast(2);
      first.ackThrough(atFirst.items[0]!);
      await first.close();
      await second.consume(8, atSecond.push);
      expect(textsOf(await atSecond.atLeast(1))).toEqual(['a']);
      second.ackThrough(atSecond.items[0]!);
    });
  });
}

function textsOf(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ content }) => content.toString());
}
