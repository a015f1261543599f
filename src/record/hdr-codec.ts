import type { Histogram as HdrHistogram } from 'hdr-histogram-js';
import hdr from 'hdr-histogram-js';
import { HIGHEST_US, Histogram, lowestValueOf } from './histogram.ts';

/** 64-bit counts: 16-bit ones overflow without a word after 65,535 equal values. */
const BIT_BUCKET_SIZE = 64;

/** HdrHistogram V2, compressed, base64; '' for an empty histogram, so that no reader can mistake "no data" for 0. */
export function encodeHistogram(histogram: Histogram): string {
  if (histogram.count === 0) return '';
  return hdr.encodeIntoCompressedBase64(toHdr(histogram));
}

/** The inverse of `encodeHistogram`, exact to the bucket. Throws on text that is no encoded histogram. */
export function decodeHistogram(encoded: string): Histogram {
  const histogram = new Histogram();
  if (encoded === '') return histogram;
  const decoded = hdr.decodeFromCompressedBase64(encoded, BIT_BUCKET_SIZE) as HdrHistogram & Counts;
  for (let index = 0; index < Math.min(histogram.counts.length, decoded.countsArrayLength); index++) {
    const count = decoded.getCountAtIndex(index);
    if (count === 0) continue;
    histogram.counts[index] = count;
    histogram.count += count;
    histogram.sumUs += count * middleValueOf(index);
    histogram.maxUs = Math.min(HIGHEST_US, lowestValueOf(index + 1) - 1);
  }
  return histogram;
}

/** The same histogram as hdr-histogram-js has it, for its iterators and its log writer. */
export function toHdr(histogram: Histogram): HdrHistogram {
  const target = hdr.build({
    bitBucketSize: BIT_BUCKET_SIZE,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
  });
  for (const [index, count] of histogram.counts.entries()) {
    if (count !== 0) target.recordValueWithCount(lowestValueOf(index), count);
  }
  return target;
}

interface Counts {
  readonly countsArrayLength: number;
  getCountAtIndex(index: number): number;
}

function middleValueOf(index: number): number {
  return (lowestValueOf(index) + lowestValueOf(index + 1) - 1) / 2;
}
