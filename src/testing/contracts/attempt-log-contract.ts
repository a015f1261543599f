import { describe, expect, test } from 'vitest';
import type { AttemptLog } from '../../cluster/ports/message-queue.ts';

export function describeAttemptLog(name: string, open: () => AttemptLog): void {
  describe(`${name} as attempt log`, () => {
    test('attempts at the same work are counted until it is done', async () => {
      for (const tries of [1, 2, 3]) expect(await open().begin('r m1')).toBe(tries);
      await open().end('r m1');
      expect(await open().begin('r m1')).toBe(1);
    });

    test('other work counts by itself, and the end of what was never begun is none', async () => {
      await open().end('never');
      expect([await open().begin('odd,\'"{}'), await open().begin('other'), await open().begin('odd,\'"{}')]).toEqual([
        1, 1, 2,
      ]);
    });
  });
}
