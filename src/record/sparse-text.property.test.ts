import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HIGHEST_US, Histogram, mergeSparse } from './histogram.ts';
import { readSparse, writeSparse } from './sparse-text.ts';

const latencies = fc.array(fc.integer({ min: 0, max: HIGHEST_US + 9 }), { maxLength: 60 });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

it('a histogram comes back from its text as it was', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const sparse = histogramOf(values).snapshot();
      expect(readSparse(writeSparse(sparse))).toEqual(sparse);
    }),
  );
  expect(writeSparse(new Histogram().snapshot())).toBe('');
});

it.each(['AA', 'gA', '!', 'AQEBAQE='])('%s is none', (text) =>
  expect(readSparse(text) ?? { count: 0 }).toMatchObject({ count: 0 }),
);

it('two are merged as if all had been recorded in one, and what is taken out again is gone', () => {
  fc.assert(
    fc.property(latencies, latencies, (some, others) => {
      const whole = histogramOf([...some, ...others]).snapshot();
      const [one, other] = [histogramOf(some).snapshot(), histogramOf(others).snapshot()];
      expect(mergeSparse(one, other)).toEqual(whole);
      const rest = histogramOf([...some, ...others]);
      rest.subtract(other);
      const { maxUs, ...left } = rest.snapshot();
      const { maxUs: exact, ...expected } = one;
      expect(left).toEqual(expected);
      // The largest value is known to its bucket.
      expect(maxUs).toBeGreaterThanOrEqual(exact);
      expect(maxUs).toBeLessThanOrEqual(exact * 1.001 + 1);
    }),
  );
});
