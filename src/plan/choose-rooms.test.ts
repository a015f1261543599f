import { expect, it } from 'vitest';
import { drawRooms, findFirstAbove } from './choose-rooms.ts';

it('finds the first of ascending values that exceeds a target, and the last where none does', () => {
  const values = Float64Array.of(1, 2, 3, 4);
  expect([0, 0.9, 1, 1.5, 2, 3.9, 4, 9].map((target) => findFirstAbove(values, target))).toEqual([
    0, 0, 1, 1, 2, 3, 3, 3,
  ]);
});

it.each([
  [{ kind: 'uniform' }, [0.25, 0.25, 0.25, 0.25]],
  // 1/(r + 1) over 1 + 1/2 + 1/3 + 1/4.
  [{ kind: 'zipf', exponent: 1 }, [0.48, 0.24, 0.16, 0.12]],
  [{ kind: 'zipf', exponent: 0 }, [0.25, 0.25, 0.25, 0.25]],
] as const)('%j gives each room its share', (choice, shares) => {
  const draw = drawRooms(choice, 4, 7);
  const counts = [0, 0, 0, 0];
  for (let index = 0; index < 40_000; index++) counts[draw(index)]!++;
  for (const [room, share] of shares.entries()) expect(counts[room]! / 40_000).toBeCloseTo(share, 2);
});
