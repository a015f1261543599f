import { describe, expect, test } from 'vitest';
import type { MessageHistory, MessageStore, NumberedStore } from '../../cluster/ports/message-store.ts';

/** @param openStore what writes the history that `open` reads, with numbers of its own or given ones */
export function describeMessageHistory(
  name: string,
  open: () => MessageHistory,
  openStore: () => MessageStore & NumberedStore,
): void {
  describe(`${name} as message history`, () => {
    test('it yields what was stored after a number, up to the limit, and the newest number', async () => {
      const batch = ['a', 'b', 'c'].map((id) => ({
        id,
        room: 'read-back',
        from: 'ann',
        connection: 'c1',
        at: '1700000000123',
        bodyJson: JSON.stringify(`"${id}" ünïcode \u0000`),
      }));
      await openStore().append(batch);
      expect(await open().history('read-back', 1, 1)).toEqual([
        { id: 'b', seq: 2, from: 'ann', at: 1_700_000_000_123, body: '"b" ünïcode \u0000' },
      ]);
      expect(await open().history('read-back', 3, 10)).toEqual([]);
      expect(await open().lastSequences(['read-back'])).toEqual([3]);
    });

    test('a page of large bodies ends early, and the next ones bring the rest', async () => {
      const message = { room: 'large', from: 'ann', connection: 'c1', at: '1700000000123' };
      const body = 'ü'.repeat(30_000);
      const stored = Array.from({ length: 40 }, (_, n) => ({
        ...message,
        id: `m${n}`,
        bodyJson: JSON.stringify(body),
      }));
      await openStore().append(stored);
      const [lengths, numbers]: [number[], number[]] = [[], []];
      for (;;) {
        const page = await open().history('large', numbers.at(-1) ?? 0, 1_000);
        if (page.length === 0) break;
        lengths.push(page.length);
        numbers.push(...page.map(({ seq }) => seq));
      }
      expect(lengths).toEqual([18, 18, 4]);
      expect(numbers).toEqual(stored.map((_, n) => n + 1));
    });

    test('a page has one message at least, however large it is', async () => {
      const message = { room: 'huge', from: 'ann', connection: 'c1', at: '1700000000123' };
      const bodyJson = JSON.stringify('x'.repeat(2_000_000));
      await openStore().append(['a', 'b'].map((id) => ({ ...message, id, bodyJson })));
      expect((await open().history('huge', 0, 10)).map(({ seq }) => seq)).toEqual([1]);
      expect((await open().history('huge', 1, 10)).map(({ seq }) => seq)).toEqual([2]);
    });

    test('the newest number is that of the newest message, whoever numbered it', async () => {
      const message = { room: 'numbered', from: 'ann', connection: 'c1', at: '1700000000123', bodyJson: '"x"' };
      await openStore().insert([5, 6].map((seq) => ({ ...message, id: `n${seq}`, seq })));
      expect(await open().lastSequences(['numbered'])).toEqual([6]);
    });

    test('the newest numbers of many rooms come in the order in which they were asked for', async () => {
      const message = { from: 'ann', connection: 'c1', at: '1700000000123', bodyJson: '"x"' };
      const batch = [
        ['many-a', 1],
        ['many-b', 2],
        ['many-b', 3],
      ] as const;
      await openStore().append(batch.map(([room, n]) => ({ ...message, room, id: `n${n}` })));
      expect(await open().lastSequences(['many-b', 'many-none', 'many-a', 'many-b'])).toEqual([2, 0, 1, 2]);
      expect(await open().lastSequences([])).toEqual([]);
    });

    test('a room without messages has the newest number 0', async () => {
      expect(await open().history('never', 0, 10)).toEqual([]);
      expect(await open().lastSequences(['never'])).toEqual([0]);
    });
  });
}
