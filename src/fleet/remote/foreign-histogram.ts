import {
  bucketIndexOf,
  HIGHEST_US,
  highestValueOf,
  lowestValueOf,
  type SparseHistogram,
} from '../../record/histogram.ts';
import { readSparse } from '../../record/sparse-text.ts';

const LAST_BUCKET = bucketIndexOf(HIGHEST_US);

/**
 * A histogram that somebody else wrote. It is believed only where it could have been recorded: merged with others, a bent one would
 * spoil every figure of the run.
 *
 * @throws Error that says in a few words what is wrong with it
 */
export function readForeignHistogram(text: string): SparseHistogram {
  const sparse = readSparse(text);
  // Base64 is read leniently: what is none is left out, and what is left may be a histogram of somebody else.
  if (sparse === null || Buffer.from(text, 'base64').toString('base64') !== text) throw new Error('is no histogram');
  const { pairs, count, sumUs, maxUs, oddValues } = sparse;
  if (![...pairs, count, sumUs, maxUs, oddValues].every(Number.isSafeInteger)) throw new Error('has too large numbers');
  let counted = 0;
  let leastUs = 0;
  let mostUs = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    const bucket = pairs[i]!;
    const values = pairs[i + 1]!;
    const isAscending = i === 0 || bucket > pairs[i - 2]!;
    if (!isAscending || bucket > LAST_BUCKET || values === 0) throw new Error('has a bucket that there is not');
    counted += values;
    leastUs += values * lowestValueOf(bucket);
    mostUs += values * (highestValueOf(bucket) + 1);
  }
  if (counted !== count) throw new Error(`has ${counted} values in its buckets, and ${count} in all`);
  const last = pairs.length === 0 ? 0 : pairs.at(-2)!;
  if (maxUs > HIGHEST_US || bucketIndexOf(maxUs) !== last) throw new Error('has its largest value in another bucket');
  if (sumUs < leastUs || sumUs > mostUs) throw new Error('has a sum that its buckets do not have');
  return sparse;
}
