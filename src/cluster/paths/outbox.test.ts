import { beforeEach, expect, test } from 'vitest';
import { ENVELOPE_BYTES, ENVELOPE_MESSAGES } from '../ports/envelope.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { Outbox } from './outbox.ts';

let published: { partition: number; text: string; confirm: () => void }[];
/** Closes the envelope that gathers, by partition. */
let closing: Map<number, () => number>;
let restore: () => void;
let confirmed: string[];
let outbox: Outbox;

function open(limits = { messages: 5, bytes: 20 }): void {
  published = [];
  confirmed = [];
  closing = new Map();
  const publisher: QueuePublisher = {
    publish: (partition, content, confirm) => void published.push({ partition, text: content.toString(), confirm }),
    onRestored(listener) {
      restore = listener;
    },
    close: async () => {},
  };
  let stamps = 0;
  outbox = new Outbox(publisher, {
    limits,
    schedule: { begin: (partition, close) => void closing.set(partition, close) },
    stamp: () => `00000${++stamps}`,
  });
}

beforeEach(() => open());

function add(text: string, partition = 0): boolean {
  return outbox.add(partition, text, (stamps) => confirmed.push(`${text}@${stamps.slice(5, 6)}`));
}

/** Adds the texts and lets their envelope go out. */
function addTogether(...texts: readonly string[]): void {
  for (const text of texts) add(text);
  closing.get(0)!();
}

function entries(): string[] {
  return published.map(({ text }) => text.split('\n').slice(1).join(''));
}

test('messages of a partition that gather go out as one entry, in order, and are confirmed together', () => {
  addTogether('a', 'b');
  addTogether('c');
  expect(entries()).toEqual(['ab', 'c']);
  published[1]!.confirm();
  expect(confirmed).toEqual(['c@2']);
  published[0]!.confirm();
  expect(confirmed).toEqual(['c@2', 'a@1', 'b@1']);
  expect(outbox.counters).toEqual({ published: 3, entries: 2, republished: 0 });
});

test('partitions gather apart', () => {
  add('a', 0);
  add('b', 1);
  add('c', 0);
  closing.get(1)!();
  closing.get(0)!();
  expect(published.map(({ partition, text }) => [partition, text.split('\n').slice(1).join('')])).toEqual([
    [1, 'b'],
    [0, 'ac'],
  ]);
});

test('after an interruption the unconfirmed are published again, oldest first, as they were; the confirmed are not', () => {
  addTogether('a', 'b');
  addTogether('c');
  addTogether('d');
  const before = published.map(({ text }) => text);
  published[1]!.confirm();
  published = [];
  restore();
  expect(published.map(({ text }) => text)).toEqual([before[0], before[2]]);
  expect(outbox.counters).toMatchObject({ republished: 3, published: 7, entries: 5 });
});

test('what still gathers while the link comes back goes out after what is published again', () => {
  addTogether('a');
  add('b');
  restore();
  closing.get(0)!();
  expect(entries()).toEqual(['a', 'a', 'b']);
});

test('a message is confirmed once, even when both copies of its entry are', () => {
  addTogether('a');
  const [first] = published;
  restore();
  published[1]!.confirm();
  first!.confirm();
  expect(confirmed).toEqual(['a@1']);
  expect(outbox.size).toBe(0);
});

test('a message beyond the limit of messages is not taken, gathering or published, until some are confirmed', () => {
  addTogether('a', 'b', 'c');
  expect(['d', 'e', 'f'].map((text) => add(text))).toEqual([true, true, false]);
  published[0]!.confirm();
  expect(add('g')).toBe(true);
  expect(outbox.size).toBe(3);
});

test('a message beyond the limit of bytes is not taken, until enough are confirmed', () => {
  expect([add('x'.repeat(15)), add('ü'.repeat(3)), add('z'.repeat(5))]).toEqual([true, false, true]);
  closing.get(0)!();
  published[0]!.confirm();
  expect(add('y'.repeat(15))).toBe(true);
});

test('an envelope that is full goes out at once, and its own time comes to nothing', () => {
  open({ messages: 1_000, bytes: 1_000_000 });
  for (let n = 0; n < ENVELOPE_MESSAGES; n++) add('.');
  expect(entries()).toEqual(['.'.repeat(ENVELOPE_MESSAGES)]);
  closing.get(0)!();
  expect(published).toHaveLength(1);
  add('x'.repeat(ENVELOPE_BYTES));
  expect(published).toHaveLength(2);
});

test('it is drained when the last one is confirmed', async () => {
  await outbox.drained();
  add('a');
  const drained = outbox.drained();
  closing.get(0)!();
  published[0]!.confirm();
  await drained;
  expect(confirmed).toEqual(['a@1']);
});
