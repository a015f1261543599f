import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';

/** The encoded histogram (as in `Samples.histograms`) of the given values, integer µs ≥ 0. Yields one also for no values. */
export function encodeValues(valuesUs: Iterable<number>): string {
  const histogram = build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
  for (const valueUs of valuesUs) histogram.recordValue(valueUs);
  return encodeIntoCompressedBase64(histogram);
}
