import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BitArena } from './bit-arena.ts';

/** Rooms of one word, of the sizes around powers of two, and larger than a page. */
const SIZES = [1, 31, 32, 33, 64, 65, 1_000, 524_288, 524_289, 700_000] as const;

it('keeps sets apart, whatever is taken and given back before', () => {
  const step = fc.record({ size: fc.constantFrom(...SIZES), number: fc.nat(), givesBack: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const arena = new BitArena();
      const held: { set: number; size: number; number: number }[] = [];
      for (const { size, number, givesBack } of steps) {
        const oldest = givesBack ? held.shift() : undefined;
        if (oldest !== undefined) arena.giveBack(oldest.set, oldest.size);
        const set = arena.take(size);
        for (const edge of [0, number % size, size - 1]) expect(arena.has(set, edge)).toBe(false);
        expect(arena.add(set, number % size)).toBe(true);
        expect(arena.add(set, number % size)).toBe(false);
        held.push({ set, size, number: number % size });
      }
      for (const { set, size, number } of held) {
        expect(arena.has(set, number)).toBe(true);
        if (number > 0) expect(arena.has(set, 0)).toBe(false);
        if (number < size - 1) expect(arena.has(set, size - 1)).toBe(false);
      }
    }),
    { numRuns: 50 },
  );
});

it('grows with the sets that are out at once, not with those that were taken', () => {
  const arena = new BitArena();
  for (let i = 0; i < 100_000; i++) {
    const sets = [arena.take(32), arena.take(8_000)];
    arena.giveBack(sets[0]!, 32);
    arena.giveBack(sets[1]!, 8_000);
  }
  expect(arena.bytes).toBe(64 * 1024);
});
