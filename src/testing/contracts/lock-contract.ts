import { describe, expect, test } from 'vitest';
import type { Lock } from '../../cluster/ports/lock.ts';

const LONG_MS = 60_000;

export function describeLock(name: string, open: () => Lock): void {
  describe(`${name} as lock`, () => {
    test('of many that want it at once one gets it', async () => {
      const held = await Promise.all(Array.from({ length: 20 }, () => open().acquire('crowd', LONG_MS)));
      expect(held.filter((lock) => lock !== null)).toHaveLength(1);
    });

    test('what is released can be taken again, with a higher fence, and locks of other names are free', async () => {
      const first = await open().acquire('turns', LONG_MS);
      expect(await open().acquire('turns', LONG_MS)).toBeNull();
      expect(await open().acquire('other', LONG_MS)).not.toBeNull();
      await first!.release();
      const second = await open().acquire('turns', LONG_MS);
      expect(second!.fence).toBeGreaterThan(first!.fence);
    });

    test('a release that comes twice leaves the next holder its lock', async () => {
      const first = await open().acquire('twice', LONG_MS);
      await first!.release();
      await open().acquire('twice', LONG_MS);
      await first!.release();
      expect(await open().acquire('twice', LONG_MS)).toBeNull();
    });
  });
}
