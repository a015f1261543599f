import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { percentileCurve, summarizeHistogram, summarizeWithLost } from './histogram-summary.ts';

const oneToThousand = Array.from({ length: 1000 }, (_, index) => index + 1);
/** Its percentiles are 0. */
const emptyOfTheLibrary = encodeIntoCompressedBase64(build({ bitBucketSize: 64 }));

describe('summarizeHistogram', () => {
  it('yields nearest-rank percentiles of known values', () => {
    expect(summarizeHistogram(encodeValues(oneToThousand))).toEqual({
      count: 1000,
      meanUs: 500.5,
      p50Us: 500,
      p90Us: 900,
      p95Us: 950,
      p99Us: 990,
      p999Us: 999,
      maxUs: 1000,
    });
  });

  it('says that there is no data instead of answering 0', () => {
    expect(summarizeHistogram('')).toBeNull();
    expect(summarizeHistogram(emptyOfTheLibrary)).toBeNull();
  });

  it('counts more equal values than sixteen bits hold', () => {
    const summary = summarizeHistogram(encodeValues(new Array(70_000).fill(1234)));
    expect(summary).toMatchObject({ count: 70_000, p50Us: 1234, p999Us: 1234 });
  });

  it('refuses text that is no histogram with an error the operator understands', () => {
    expect(() => summarizeHistogram('bm90IGEgaGlzdG9ncmFt')).toThrow(
      expect.objectContaining({ name: 'ChatbenchError', code: 'result-unreadable', exitCode: 2 }),
    );
  });
});

describe('percentileCurve', () => {
  it('rises, reaches every nine that the count supports and ends with the largest value', () => {
    const curve = percentileCurve(encodeValues(oneToThousand));
    expect(curve[0]).toEqual({ percentile: 10, valueUs: 100 });
    expect(curve.at(-1)).toEqual({ percentile: 100, valueUs: 1000 });
    for (const nines of [90, 99, 99.8]) {
      expect(curve.some((point) => point.percentile >= nines && point.percentile < 100)).toBe(true);
    }
    for (const [index, point] of curve.entries()) {
      expect(point.percentile).toBeGreaterThan(curve[index - 1]?.percentile ?? 0);
      expect(point.valueUs).toBeGreaterThanOrEqual(curve[index - 1]?.valueUs ?? 0);
    }
  });

  it('is empty without data and a single point for a single value', () => {
    expect(percentileCurve(emptyOfTheLibrary)).toEqual([]);
    expect(percentileCurve(encodeValues([7]))).toEqual([{ percentile: 100, valueUs: 7 }]);
  });
});

describe('summarizeWithLost', () => {
  const encoded = encodeValues(oneToThousand);

  it('shifts percentiles up as deliveries are lost', () => {
    expect(summarizeWithLost(encoded, 0)?.p50Us).toBe(500);
    expect(summarizeWithLost(encoded, 250)?.p50Us).toBe(625);
    expect(summarizeWithLost(encoded, 10)?.p99Us).toBe(1000);
  });

  it('is infinite where the rank falls among the lost', () => {
    expect(summarizeWithLost(encoded, 11)?.p99Us).toBe(Number.POSITIVE_INFINITY);
    expect(summarizeWithLost(encoded, 1)).toMatchObject({
      count: 1001,
      p99Us: 991,
      maxUs: Number.POSITIVE_INFINITY,
      meanUs: Number.POSITIVE_INFINITY,
    });
    expect(summarizeWithLost('', 1)?.p50Us).toBe(Number.POSITIVE_INFINITY);
  });

  it('is no data where nothing was recorded and nothing lost', () => {
    expect(summarizeWithLost('', 0)).toBeNull();
  });
});
