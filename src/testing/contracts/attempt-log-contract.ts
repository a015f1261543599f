import { describe, expect, test } from 'vitest';
import type { AttemptLog } from '../../cluster/ports/message-queue.ts';

export function describeAttemptLog(name: string, open: () => AttemptLog): void {
  describe(`${name} as attempt log`, () => {
    test('attempts at the same work are counted until it is done', async () => {
      for (const tries of [1, 2, 3]) expect(await open().begin(['r m1'])).toEqual([tries]);
      await open().end(['r m1']);
      expect(await open().begin(['r m1'])).toEqual([1]);
    });

    test('other work counts by itself, and the end of what was never begun is none', async () => {
      await open().end(['never']);
      await open().begin(['odd,\'"{}']);
      expect(await open().begin(['other', 'odd,\'"{}'])).toEqual([1, 2]);
      await open().end(['other', 'never']);
      expect(await open().begin(['odd,\'"{}', 'other'])).toEqual([3, 1]);
    });

    test('the same work twice at once is begun once', async () => {
      expect(await open().begin(['twice', 'once', 'twice'])).toEqual([1, 1, 1]);
      expect(await open().begin(['twice'])).toEqual([2]);
      expect(await open().begin([])).toEqual([]);
    });
  });
}
