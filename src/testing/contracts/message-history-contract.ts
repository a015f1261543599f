import { describe, expect, test } from 'vitest';
import type { MessageHistory } from '../../target/ports/message-history.ts';
import type { MessageStore } from '../../target/ports/message-store.ts';
import type { NumberedStore } from '../../target/ports/numbered-store.ts';

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
      expect(await open().lastSequence('read-back')).toBe(3);
    });

    test('the newest number is that of the newest message, whoever numbered it', async () => {
      const message = { room: 'numbered', from: 'ann', connection: 'c1', at: '1700000000123', bodyJson: '"x"' };
      await openStore().insert([5, 6].map((seq) => ({ ...message, id: `n${seq}`, seq })));
      expect(await open().lastSequence('numbered')).toBe(6);
    });

    test('a room without messages has the newest number 0', async () => {
      expect(await open().history('never', 0, 10)).toEqual([]);
      expect(await open().lastSequence('never')).toBe(0);
    });
  });
}
