import fc from 'fast-check';
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { expect, it } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { decodeHistogram } from './hdr-codec.ts';
import { summarizeHistogram, summarizeWithLost } from './histogram-summary.ts';
import { percentileOf } from './percentile-of.ts';

// Below 2048 every value has its own bucket, so that sorting the values gives the exact answer.
const valuesUs = fc.array(fc.integer({ min: 0, max: 2047 }), { minLength: 1, maxLength: 400 });

it('equals the nearest rank of the sorted values with the lost ones at infinity', () => {
  fc.assert(
    fc.property(valuesUs, fc.nat(40), fc.constantFrom(50, 90, 95, 99, 99.9, 100), (values, lost, percentile) => {
      const sorted = [...values, ...new Array<number>(lost).fill(Number.POSITIVE_INFINITY)].sort((a, b) => a - b);
      const rank = Math.ceil((sorted.length * Math.round(percentile * 10)) / 1000);
      expect(percentileOf(decodeHistogram(encodeValues(values)), percentile, lost)).toBe(sorted[rank - 1]);
    }),
  );
});

it('agrees with the percentiles and the mean of the library itself', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60_000_000 }), { minLength: 1, maxLength: 500 }), (values) => {
      const histogram = build({ bitBucketSize: 64 });
      for (const value of values) histogram.recordValue(value);
      const summary = summarizeHistogram(encodeIntoCompressedBase64(histogram));
      expect(summary).toMatchObject({
        p50Us: histogram.getValueAtPercentile(50),
        p99Us: histogram.getValueAtPercentile(99),
        maxUs: histogram.getValueAtPercentile(100),
      });
      expect(summary?.meanUs).toBeCloseTo(histogram.mean, 6);
    }),
    { numRuns: 50 },
  );
});

it('agrees with the plain summary where nothing was lost', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60_000_000 }), { minLength: 1, maxLength: 2000 }), (values) => {
      const encoded = encodeValues(values);
      const summary = summarizeHistogram(encoded);
      expect(summary?.p95Us).toBe(percentileOf(decodeHistogram(encoded), 95));
      expect(summarizeWithLost(encoded, 0)).toEqual(summary);
    }),
    { numRuns: 30 },
  );
});
