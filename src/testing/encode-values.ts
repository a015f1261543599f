import { encodeHistogram } from '../record/hdr-codec.ts';
import { Histogram } from '../record/histogram.ts';

/** The encoded histogram (as in `Samples.histograms`) of the given values, integer µs ≥ 0. */
export function encodeValues(valuesUs: Iterable<number>): string {
  const histogram = new Histogram();
  for (const valueUs of valuesUs) histogram.record(valueUs);
  return encodeHistogram(histogram.snapshot());
}
