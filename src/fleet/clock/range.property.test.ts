import fc from 'fast-check';
import { expect, it } from 'vitest';
import { agreeOnRange } from './range.ts';

const side = fc.double({ min: 0, max: 100, noNaN: true });

it('has the truth within what several sources agree on, as long as fewer than half of them are wrong', () => {
  const wrong = fc.record({ low: fc.double({ min: -300, max: 300, noNaN: true }), width: side });
  const right = fc.tuple(side, side);
  fc.assert(
    fc.property(fc.array(right, { minLength: 1, maxLength: 6 }), fc.array(wrong, { maxLength: 5 }), (good, bad) => {
      const truth = 12.5;
      const ranges = [
        ...bad.slice(0, good.length - 1).map(({ low, width }) => ({ low, high: low + width })),
        ...good.map(([below, above]) => ({ low: truth - below, high: truth + above })),
      ];
      const agreed = agreeOnRange(ranges);
      expect(agreed!.low).toBeLessThanOrEqual(truth);
      expect(agreed!.high).toBeGreaterThanOrEqual(truth);
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  ['one says', [[1, 5]], [1, 5]],
  [
    'both say',
    [
      [1, 5],
      [3, 9],
    ],
    [3, 5],
  ],
  [
    'two of three say',
    [
      [1, 5],
      [3, 9],
      [70, 80],
    ],
    [3, 5],
  ],
  [
    'any two of three say',
    [
      [8, 12],
      [11, 13],
      [0, 10],
    ],
    [8, 12],
  ],
] as const)('is what %s', (_, ranges, [low, high]) => {
  expect(agreeOnRange(ranges.map(([from, to]) => ({ low: from, high: to })))).toEqual({ low, high });
});

it('is nothing where nobody answers, or two contradict each other', () => {
  expect(agreeOnRange([])).toBeNull();
  expect(
    agreeOnRange([
      { low: 1, high: 2 },
      { low: 3, high: 4 },
    ]),
  ).toBeNull();
});
