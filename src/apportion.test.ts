import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apportion } from './apportion.ts';

it.each([
  [[0.8, 0.15, 0.05], 100, [80, 15, 5]],
  [[0.8, 0.15, 0.05], 10, [8, 2, 0]],
  [[1, 1, 1], 10, [4, 3, 3]],
  [[0.3333, 0.3333, 0.3334], 3, [1, 1, 1]],
  [[1, 0], 7, [7, 0]],
])('%j of %i are %j', (shares, total, parts) => expect(apportion(shares, total)).toEqual(parts));

it('adds up to the total, none further from its share than one', () => {
  const shares = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(shares, fc.integer({ min: 0, max: 1_000_000 }), (given, total) => {
      const parts = apportion(given, total);
      const sum = given.reduce((all, share) => all + share, 0);
      expect(parts.reduce((all, part) => all + part, 0)).toBe(total);
      for (const [i, part] of parts.entries()) expect(Math.abs(part - (given[i]! / sum) * total)).toBeLessThan(1.01);
    }),
  );
});
