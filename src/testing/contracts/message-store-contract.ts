import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../cluster/ports/chat-message.ts';
import { type MessageStore, RefusedBatch } from '../../cluster/ports/message-store.ts';

export function describeMessageStore(name: string, open: () => MessageStore): void {
  describe(`${name} as message store`, () => {
    test('each room counts from 1, in the order of the batch', async () => {
      const batch = [
        at('count-a', '1'),
        at('count-b', '1'),
        at('count-a', '2'),
        at('count-a', '3'),
        at('count-b', '2'),
      ];
      expect(await open().append(batch)).toEqual([1, 1, 2, 3, 2]);
      expect(await open().append([at('count-b', '3'), at('count-a', '4')])).toEqual([3, 4]);
    });

    test('a message that comes again keeps its number and leaves no gap, between batches and within one', async () => {
      expect(await open().append([at('again', 'x'), at('again', 'y')])).toEqual([1, 2]);
      const repeated = [at('again', 'y'), at('again', 'z'), at('again', 'z'), at('again', 'x'), at('again', 'w')];
      expect(await open().append(repeated)).toEqual([2, 3, 3, 1, 4]);
    });

    test('the same id in another room is another message', async () => {
      expect(await open().append([at('here', 'same'), at('there', 'first'), at('there', 'same')])).toEqual([1, 1, 2]);
    });

    test('names are taken literally, whatever they look like to the store', async () => {
      const names = ['NULL', '{a,b}', "'; DROP", '%s', 'a,b', '$1'];
      const batch = names.map((id) => at('odd,{}NULL', id));
      expect(await open().append(batch)).toEqual([1, 2, 3, 4, 5, 6]);
      const history = await open().history('odd,{}NULL', 0, 10);
      expect(history.map(({ id }) => id)).toEqual(names);
    });

    test('history yields what was stored after a number, ascending, up to the limit', async () => {
      const body = 'a "quote", a \\ backslash, \n\t, {braces}, NULL, ünïcode 😀, \u0000';
      await open().append(['a', 'b', 'c', 'd'].map((id) => at('past', id, body)));
      expect(await open().history('past', 1, 2)).toEqual([
        { id: 'b', seq: 2, from: 'ann', at: 1_700_000_000_123, body },
        { id: 'c', seq: 3, from: 'ann', at: 1_700_000_000_123, body },
      ]);
      expect(await open().history('nowhere', 0, 10)).toEqual([]);
    });

    test('a body that is no JSON text is refused with the whole batch, and nothing of it is stored', async () => {
      const batch = [at('refused', 'good'), { ...at('refused', 'bad'), bodyJson: '"unbalanced " quote"' }];
      await expect(open().append(batch)).rejects.toThrow(RefusedBatch);
      expect(await open().history('refused', 0, 10)).toEqual([]);
      expect(await open().append([at('refused', 'good')])).toEqual([1]);
    });

    test('batches that are stored at the same time share a room without gap or double number', async () => {
      const batches = Array.from({ length: 8 }, (_, b) =>
        Array.from({ length: 20 }, (_, n) => at('busy', `${b}-${n}`)),
      );
      const numbers = await Promise.all(batches.map((batch) => open().append(batch)));
      expect(numbers.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 160 }, (_, n) => n + 1));
    });

    test('an empty batch yields nothing', async () => {
      expect(await open().append([])).toEqual([]);
    });
  });
}

function at(room: string, id: string, body = `body of ${id}`): ChatMessage {
  return { id, room, from: 'ann', connection: 'c1', at: '1700000000123', bodyJson: JSON.stringify(body) };
}
