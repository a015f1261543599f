import { expect, test } from 'vitest';
import type { ChatMessage } from '../ports/chat-message.ts';
import { type MessageStore, POISON_TRIES, RefusedBatch } from '../ports/message-store.ts';
import { storeBatch } from './store-batch.ts';

function message(id: string): ChatMessage {
  return { id, room: 'r', from: 'u', connection: 'c', at: '1', bodyJson: '""' };
}

/** Numbers messages as they come; `append` may throw first. */
function storeThat(append: (ids: readonly string[]) => void): { store: MessageStore; calls: string[] } {
  const calls: string[] = [];
  const known = new Map<string, number>();
  const store: MessageStore = {
    async append(batch) {
      const ids = batch.map(({ id }) => id);
      calls.push(ids.join(''));
      append(ids);
      for (const id of ids) if (!known.has(id)) known.set(id, known.size + 1);
      return ids.map((id) => known.get(id)!);
    },
    history: async () => [],
    close: async () => {},
  };
  return { store, calls };
}

const batch = ['a', 'b', 'c'].map(message);

test('a batch that is accepted takes one step', async () => {
  const { store, calls } = storeThat(() => {});
  expect(await storeBatch(store, batch, () => {})).toEqual([1, 2, 3]);
  expect(calls).toEqual(['abc']);
});

test('a poisoned message is tried three times alone and given up, its neighbours are stored in order', async () => {
  const { store, calls } = storeThat((ids) => {
    if (ids.includes('b')) throw new RefusedBatch('poison', null);
  });
  expect(await storeBatch(store, batch, () => {})).toEqual([1, null, 2]);
  expect(calls).toEqual(['abc', 'a', ...Array(POISON_TRIES).fill('b'), 'c']);
});

test('a refusal that passes costs nothing', async () => {
  let refusals = 2;
  const { store } = storeThat(() => {
    if (refusals-- > 0) throw new RefusedBatch('in the way', null);
  });
  expect(await storeBatch(store, batch, () => {})).toEqual([1, 2, 3]);
});

test('while the store fails the whole batch is tried again', async () => {
  let failures = 2;
  const { store, calls } = storeThat(() => {
    if (failures-- > 0) throw new Error('connection reset');
  });
  let retries = 0;
  expect(await storeBatch(store, batch, () => retries++)).toEqual([1, 2, 3]);
  expect(calls).toEqual(['abc', 'abc', 'abc']);
  expect(retries).toBe(2);
});
