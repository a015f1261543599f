import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Inbox } from '../../testing/inbox.ts';
import { MemoryChannelHub } from '../adapters/memory/memory-channel-hub.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import type { ChannelBus } from '../ports/channel-bus.ts';
import { RefusedBatch } from '../ports/message-store.ts';
import { createChannelPath } from './channel-path.ts';

const noop = () => {};

type Store = ReturnType<typeof createMemoryStore>;

/** A gateway's path over a hub and a store that several may share. */
async function openPath(hub: MemoryChannelHub, store: Pick<Store, 'insert' | 'tails'>, over: Partial<ChannelBus> = {}) {
  const failures = new Inbox<unknown>();
  const bus = { ...hub.openBus(false), ...over };
  const path = createChannelPath({ bus, store }, failures.push, { messages: 3, bytes: 10_000 });
  const seen = new Inbox<string>();
  await path.open((_, __, frame) => {
    const { id, seq } = JSON.parse(frame.toString());
    seen.push(`${id}${seq}`);
  }, noop);
  await path.join('r');
  const accepted = new Inbox<string>();
  const send = (id: string): boolean =>
    path.send({ id, room: 'r', from: 'ann', connection: 'g.0', at: '1', bodyJson: '"x"' }, () => accepted.push(id));
  return { path, seen, accepted, send, failures };
}

test('recipients do not wait for the commit, the sender does', async () => {
  const store = createMemoryStore();
  const committed = Promise.withResolvers<void>();
  const { seen, accepted, send } = await openPath(new MemoryChannelHub(), {
    ...store,
    async insert(batch) {
      await committed.promise;
      return store.insert(batch);
    },
  });
  send('a');
  send('b');
  expect(await seen.atLeast(2)).toEqual(['a1', 'b2']);
  expect(accepted.items).toEqual([]);
  committed.resolve();
  expect(await accepted.atLeast(2)).toEqual(['a', 'b']);
  expect((await store.history('r', 0, 9)).map(({ id, seq }) => `${id}${seq}`)).toEqual(['a1', 'b2']);
});

test('messages beyond the limit are not taken, until one is stored', async () => {
  const store = createMemoryStore();
  const { path, accepted, send } = await openPath(new MemoryChannelHub(), store);
  expect(['a', 'b', 'c', 'd'].map(send)).toEqual([true, true, true, false]);
  await accepted.atLeast(3);
  expect(send('d')).toBe(true);
  await path.drained();
  expect(accepted.items).toEqual(['a', 'b', 'c', 'd']);
});

test('a server that forgot the numbers is told them from the store: they go on, and known ids keep theirs', async () => {
  const store = createMemoryStore();
  const before = await openPath(new MemoryChannelHub(), store);
  for (const id of ['a', 'b', 'c']) before.send(id);
  await before.accepted.atLeast(3);
  const { path, seen, accepted, send } = await openPath(new MemoryChannelHub(), store);
  for (const id of ['d', 'b', 'e']) send(id);
  expect(await seen.atLeast(3)).toEqual(['d4', 'b2', 'e5']);
  await accepted.atLeast(3);
  expect(path.gauges()).toMatchObject({ recalled: 1, outbox: 0 });
});

test('numbers that were given out and not stored yet are not given out again', async () => {
  const store = createMemoryStore();
  const committed = Promise.withResolvers<void>();
  let hub = new MemoryChannelHub().openBus(false);
  const forgetful: Partial<ChannelBus> = {
    publish: (batch) => hub.publish(batch),
    recall: (tails) => hub.recall(tails),
  };
  const { seen, accepted, send } = await openPath(
    new MemoryChannelHub(),
    {
      ...store,
      async insert(batch) {
        await committed.promise;
        return store.insert(batch);
      },
    },
    { ...forgetful, open: (listener) => hub.open(listener, noop), subscribe: (channel) => hub.subscribe(channel) },
  );
  send('a');
  await seen.atLeast(1);
  hub = new MemoryChannelHub().openBus(false);
  send('b');
  await turn();
  committed.resolve();
  await accepted.atLeast(2);
  expect((await store.history('r', 0, 9)).map(({ id, seq }) => `${id}${seq}`)).toEqual(['a1', 'b2']);
});

test('of two messages with one number, the later to be stored is numbered and published anew', async () => {
  const store = createMemoryStore();
  await store.insert([{ id: 'other', room: 'r', from: 'bob', connection: 'h.0', at: '1', bodyJson: '"y"', seq: 1 }]);
  const hub = new MemoryChannelHub();
  // As if the counter had been recalled before the other gateway stored its message.
  await hub.openBus(false).recall([{ room: 'r', lastSeq: 0, known: [], forgotten: [] }]);
  const { path, seen, accepted, send } = await openPath(hub, store);
  send('a');
  expect(await accepted.atLeast(1)).toEqual(['a']);
  expect(await seen.atLeast(2)).toEqual(['a1', 'a2']);
  expect((await store.history('r', 0, 9)).map(({ id, seq }) => `${id}${seq}`)).toEqual(['other1', 'a2']);
  expect(path.gauges()).toMatchObject({ renumbered: 1, outbox: 0 });
});

test('what the store refuses also alone is given up without an acknowledgement, its neighbours are stored', async () => {
  const store = createMemoryStore();
  const { path, accepted, send } = await openPath(new MemoryChannelHub(), {
    ...store,
    async insert(batch) {
      if (batch.some(({ id }) => id === 'poison')) throw new RefusedBatch('poison', null);
      return store.insert(batch);
    },
  });
  for (const id of ['a', 'poison', 'b']) send(id);
  await path.drained();
  expect(accepted.items).toEqual(['a', 'b']);
  expect(path.gauges()).toMatchObject({ deadLettered: 1, outbox: 0 });
});
