import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ThinnedSamples } from './thinned-samples.ts';

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly most: number;
}

it('samples that are thinned lie in order without a gap, keep every peak, and are bounded; the last are as they were', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 999 }), { maxLength: 3_000 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 2, max: 30 }),
      (values, recent, older) => {
        const samples = new ThinnedSamples<Stretch>({ recent, older }, (earlier, later) => ({
          from: earlier.from,
          to: later.to,
          most: Math.max(earlier.most, later.most),
        }));
        for (const [at, most] of values.entries()) samples.add({ from: at, to: at, most });
        const kept = samples.read();
        expect(samples.total).toBe(values.length);
        expect(kept.length).toBeLessThanOrEqual(2 * recent + older + 1);
        let next = 0;
        for (const { from, to, most } of kept) {
          expect(from).toBe(next);
          expect(most).toBe(Math.max(...values.slice(from, to + 1)));
          next = to + 1;
        }
        expect(next).toBe(values.length);
        for (const { from, to } of kept.slice(-recent)) expect(to).toBe(from);
        if (values.length < recent + older) expect(kept.length).toBe(values.length);
      },
    ),
    { numRuns: 40 },
  );
});
