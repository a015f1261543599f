import fc from 'fast-check';
import hdr from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { decodeHistogram, encodeHistogram } from './hdr-codec.ts';
import { bucketIndexOf, HIGHEST_US, Histogram, highestValueOf, lowestValueOf } from './histogram.ts';
import { percentileOf } from './percentile-of.ts';

const valueUs = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: HIGHEST_US }),
  fc.constantFrom(0, 1, 2047, 2048, 2049, 4095, 4096, 2 ** 31 - 1, 2 ** 31, HIGHEST_US),
);

describe('a histogram', () => {
  it('has the bucket layout of HdrHistogram, bucket by bucket', () => {
    const reference = hdr.build({
      bitBucketSize: 64,
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: HIGHEST_US,
      numberOfSignificantValueDigits: 3,
    }) as ReturnType<typeof hdr.build> & {
      countsArrayIndex(value: number): number;
      lowestEquivalentValue(value: number): number;
      highestEquivalentValue(value: number): number;
    };
    fc.assert(
      fc.property(valueUs, (value) => {
        expect(bucketIndexOf(value)).toBe(reference.countsArrayIndex(value));
        expect(lowestValueOf(bucketIndexOf(value))).toBe(reference.lowestEquivalentValue(value));
        expect(highestValueOf(bucketIndexOf(value))).toBe(reference.highestEquivalentValue(value));
      }),
    );
  });

  it('gives percentiles within 0.1 % of a sorted list', () => {
    fc.assert(
      fc.property(
        fc.array(valueUs, { minLength: 1, maxLength: 400 }),
        fc.constantFrom(1, 50, 90, 95, 99, 99.9, 100),
        (values, percentile) => {
          const histogram = recordAll(values);
          const sorted = [...values].sort((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)]!;
          const actual = percentileOf(histogram.snapshot(), percentile);
          expect(Math.abs(actual - exact)).toBeLessThanOrEqual(Math.max(exact * 0.001, 0));
        },
      ),
    );
  });

  it("gives the library's own percentiles of what it has encoded", () => {
    fc.assert(
      fc.property(
        fc.array(valueUs, { minLength: 1, maxLength: 400 }),
        fc.constantFrom(1, 50, 90, 95, 99, 99.9, 100),
        (values, percentile) => {
          const sparse = recordAll(values).snapshot();
          const reference = hdr.decodeFromCompressedBase64(encodeHistogram(sparse), 64);
          expect(percentileOf(sparse, percentile)).toBe(reference.getValueAtPercentile(percentile));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('survives encoding and decoding, bucket by bucket', () => {
    fc.assert(
      fc.property(fc.array(valueUs, { maxLength: 200 }), (values) => {
        const { pairs, count } = recordAll(values).snapshot();
        expect(decodeHistogram(encodeHistogram(recordAll(values).snapshot()))).toMatchObject({ pairs, count });
      }),
      { numRuns: 30 },
    );
  });

  it('is read at the precision in which another writer has encoded it, and ends at an hour', () => {
    const coarse = hdr.build({ bitBucketSize: 64, numberOfSignificantValueDigits: 2 });
    for (const value of [1_000_000, 2_000_000, 3 * HIGHEST_US]) coarse.recordValue(value);
    const decoded = decodeHistogram(hdr.encodeIntoCompressedBase64(coarse));
    expect(decoded).toMatchObject({ count: 3, maxUs: HIGHEST_US });
    expect(percentileOf(decoded, 50) / 2_000_000).toBeCloseTo(1, 2);
  });

  it('is empty after draining, and loses nothing over many drains', () => {
    fc.assert(
      fc.property(fc.array(fc.array(valueUs, { maxLength: 50 }), { maxLength: 8 }), (batches) => {
        const source = new Histogram();
        const total = new Histogram();
        for (const batch of batches) {
          for (const value of batch) source.record(value);
          total.add(source.drain());
          expect(source.count).toBe(0);
        }
        expect(source.counts.every((count) => count === 0)).toBe(true);
        expect(total).toEqual(recordAll(batches.flat()));
      }),
      { numRuns: 30 },
    );
  });

  it('counts odd values and never throws: not a number, negative, beyond an hour', () => {
    const histogram = new Histogram();
    for (const value of [Number.NaN, -1, Number.NEGATIVE_INFINITY, undefined as unknown as number]) {
      histogram.record(value);
    }
    expect(histogram).toMatchObject({ count: 0, oddValues: 4 });
    histogram.record(HIGHEST_US + 1);
    histogram.record(Number.POSITIVE_INFINITY);
    expect(histogram).toMatchObject({ count: 2, oddValues: 6, maxUs: HIGHEST_US });
  });

  it('holds more equal values than 16 bits can count', () => {
    const histogram = new Histogram();
    for (let i = 0; i < 70_000; i++) histogram.record(5);
    expect(percentileOf(decodeHistogram(encodeHistogram(histogram.snapshot())), 50)).toBe(5);
  });

  it('encodes "no data" as nothing, not as a histogram of zeros', () => {
    expect(encodeHistogram(new Histogram().snapshot())).toBe('');
    expect(decodeHistogram('').count).toBe(0);
    expect(percentileOf(decodeHistogram(''), 99)).toBeNaN();
  });
});

function recordAll(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}
