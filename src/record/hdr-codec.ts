import hdr, { type JsHistogram } from 'hdr-histogram-js';
import { ChatbenchError } from '../errors.ts';
import {
  bucketIndexOf,
  HIGHEST_US,
  Histogram,
  highestValueOf,
  lowestValueOf,
  type SparseHistogram,
} from './histogram.ts';

/** 64-bit counts: 16-bit ones overflow without a word after 65,535 equal values. */
const BIT_BUCKET_SIZE = 64;

/** HdrHistogram V2, compressed, base64; '' for an empty histogram, so that no reader can mistake "no data" for 0. */
export function encodeHistogram({ pairs, count }: SparseHistogram): string {
  if (count === 0) return '';
  // A new one for each second of a run would be most of what keeping the second costs: it takes 180 KB.
  scratch.reset();
  for (let i = 0; i < pairs.length; i += 2) scratch.recordValueWithCount(lowestValueOf(pairs[i]!), pairs[i + 1]!);
  return hdr.encodeIntoCompressedBase64(scratch);
}

const scratch = hdr.build({
  bitBucketSize: BIT_BUCKET_SIZE,
  autoResize: false,
  lowestDiscernibleValue: 1,
  highestTrackableValue: HIGHEST_US,
  numberOfSignificantValueDigits: 3,
});

/**
 * The inverse of `encodeHistogram`, exact to the bucket. The sum takes every value for the middle of its bucket, as
 * HdrHistogram's mean does.
 *
 * @throws ChatbenchError `result-unreadable` where the text is no such histogram
 */
export function decodeHistogram(encoded: string): SparseHistogram {
  if (encoded === '') return new Histogram().snapshot();
  try {
    return readBuckets(hdr.decodeFromCompressedBase64(encoded, BIT_BUCKET_SIZE) as JsHistogram);
  } catch (cause) {
    throw new ChatbenchError(
      'result-unreadable',
      'a histogram of the result cannot be decoded: expected HdrHistogram V2',
      {
        hint: 'the file was changed or cut short; run the scenario again',
        cause,
      },
    );
  }
}

/** One pass over the buckets: the library walks them anew for every percentile, which tells with hundreds of histograms. */
function readBuckets(decoded: JsHistogram): SparseHistogram {
  const pairs: number[] = [];
  let count = 0;
  let sumUs = 0;
  let maxUs = 0;
  for (let bucket = 0; bucket < decoded.countsArrayLength; bucket++) {
    const inBucket = decoded.getCountAtIndex(bucket);
    if (inBucket === 0) continue;
    // By the value: another writer may have chosen other buckets.
    const index = bucketIndexOf(Math.min(HIGHEST_US, decoded.valueFromIndex(bucket)));
    pairs.push(index, inBucket);
    count += inBucket;
    sumUs += inBucket * middleValueOf(index);
    maxUs = Math.min(HIGHEST_US, highestValueOf(index));
  }
  return { pairs: Float64Array.from(pairs), count, sumUs, maxUs, oddValues: 0 };
}

function middleValueOf(index: number): number {
  const lowest = lowestValueOf(index);
  return lowest + Math.floor((lowestValueOf(index + 1) - lowest) / 2);
}
