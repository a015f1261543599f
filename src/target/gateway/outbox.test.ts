import { beforeEach, expect, test } from 'vitest';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { Outbox } from './outbox.ts';

let published: { text: string; confirm: () => void }[];
let restore: () => void;
let confirmed: string[];
let outbox: Outbox;

beforeEach(() => {
  published = [];
  confirmed = [];
  const publisher: QueuePublisher = {
    publish: (_, content, confirm) => void published.push({ text: content.toString(), confirm }),
    onRestored(listener) {
      restore = listener;
    },
    close: async () => {},
  };
  outbox = new Outbox(publisher, { messages: 3, bytes: 20 });
});

function add(text: string): boolean {
  return outbox.add(0, Buffer.from(text), () => confirmed.push(text));
}

function textsPublished(): string[] {
  return published.map(({ text }) => text);
}

test('after an interruption the unconfirmed are published again, oldest first, the confirmed are not', () => {
  for (const text of ['a', 'b', 'c']) add(text);
  published[1]!.confirm();
  published = [];
  restore();
  expect(textsPublished()).toEqual(['a', 'c']);
  expect(outbox.republished).toBe(2);
});

test('a message is confirmed once, even when both of its copies are', () => {
  add('a');
  const [first] = published;
  restore();
  published[1]!.confirm();
  first!.confirm();
  expect(confirmed).toEqual(['a']);
  expect(outbox.size).toBe(0);
});

test('a message beyond the limit of messages is not taken, until one is confirmed', () => {
  expect(['a', 'b', 'c', 'd'].map(add)).toEqual([true, true, true, false]);
  published[0]!.confirm();
  expect(add('e')).toBe(true);
  expect(textsPublished()).toEqual(['a', 'b', 'c', 'e']);
});

test('a message beyond the limit of bytes is not taken, until enough are confirmed', () => {
  expect([add('x'.repeat(15)), add('y'.repeat(6)), add('z'.repeat(5))]).toEqual([true, false, true]);
  published[0]!.confirm();
  expect(add('y'.repeat(15))).toBe(true);
});

test('it is drained when the last one is confirmed', async () => {
  await outbox.drained();
  add('a');
  const drained = outbox.drained();
  published[0]!.confirm();
  await drained;
  expect(confirmed).toEqual(['a']);
});
