/**
 * A latency histogram with HdrHistogram's bucket layout for three significant digits, recorded without allocation.
 *
 * Values are integer microseconds, 0 … `HIGHEST_US`. A value that does not fit never throws: negative and non-numbers are
 * counted as odd and left out; values above the range are counted as odd and recorded at its end, so that they still
 * worsen the percentiles. Those are in `percentile-of.ts`, its text in `hdr-codec.ts`.
 */
export class Histogram {
  readonly counts = new Float64Array(BUCKETS);
  count = 0;
  sumUs = 0;
  maxUs = 0;
  oddValues = 0;

  record(valueUs: number): void {
    let value = valueUs;
    if (!(value >= 0 && value <= HIGHEST_US)) {
      this.oddValues++;
      if (!(value > HIGHEST_US)) return;
      value = HIGHEST_US;
    }
    const index = bucketIndexOf(value);
    this.counts[index] = this.counts[index]! + 1;
    this.count++;
    this.sumUs += value;
    if (value > this.maxUs) this.maxUs = value;
  }

  add(other: SparseHistogram): void {
    const { pairs } = other;
    for (let i = 0; i < pairs.length; i += 2) {
      const index = pairs[i]!;
      this.counts[index] = this.counts[index]! + pairs[i + 1]!;
    }
    this.count += other.count;
    this.sumUs += other.sumUs;
    this.oddValues += other.oddValues;
    if (other.maxUs > this.maxUs) this.maxUs = other.maxUs;
  }

  /** Takes out what was added before: the largest value is found anew. */
  subtract(other: SparseHistogram): void {
    const { pairs } = other;
    for (let i = 0; i < pairs.length; i += 2) {
      const index = pairs[i]!;
      this.counts[index] = this.counts[index]! - pairs[i + 1]!;
    }
    this.count -= other.count;
    this.sumUs -= other.sumUs;
    this.oddValues -= other.oddValues;
    if (other.maxUs < this.maxUs) return;
    let last = this.count === 0 ? -1 : bucketIndexOf(this.maxUs);
    while (last >= 0 && this.counts[last] === 0) last--;
    this.maxUs = last < 0 ? 0 : Math.min(this.maxUs, highestValueOf(last));
  }

  /** What was recorded, in a form that is small to send; the histogram is empty afterwards. */
  drain(): SparseHistogram {
    const sparse = this.snapshot();
    for (let i = 0; i < sparse.pairs.length; i += 2) this.counts[sparse.pairs[i]!] = 0;
    this.count = 0;
    this.sumUs = 0;
    this.maxUs = 0;
    this.oddValues = 0;
    return sparse;
  }

  snapshot(): SparseHistogram {
    const pairs: number[] = [];
    const last = this.count === 0 ? -1 : bucketIndexOf(this.maxUs);
    for (let index = 0; index <= last; index++) {
      const count = this.counts[index]!;
      if (count !== 0) pairs.push(index, count);
    }
    return {
      pairs: Float64Array.from(pairs),
      count: this.count,
      sumUs: this.sumUs,
      maxUs: this.maxUs,
      oddValues: this.oddValues,
    };
  }
}

/** The non-empty buckets as (index, count, index, count, …), in order. Crosses process borders. */
export interface SparseHistogram {
  readonly pairs: Float64Array;
  readonly count: number;
  readonly sumUs: number;
  readonly maxUs: number;
  readonly oddValues: number;
}

/** What both hold together; as small as they are, where a whole histogram would have to be walked. */
export function mergeSparse(a: SparseHistogram, b: SparseHistogram): SparseHistogram {
  const pairs = new Float64Array(a.pairs.length + b.pairs.length);
  let used = 0;
  let i = 0;
  let j = 0;
  while (i < a.pairs.length || j < b.pairs.length) {
    const fromA = a.pairs[i] ?? Number.POSITIVE_INFINITY;
    const fromB = b.pairs[j] ?? Number.POSITIVE_INFINITY;
    pairs[used] = Math.min(fromA, fromB);
    pairs[used + 1] = (fromA <= fromB ? a.pairs[i + 1]! : 0) + (fromB <= fromA ? b.pairs[j + 1]! : 0);
    used += 2;
    if (fromA <= fromB) i += 2;
    if (fromB <= fromA) j += 2;
  }
  return {
    pairs: pairs.slice(0, used),
    count: a.count + b.count,
    sumUs: a.sumUs + b.sumUs,
    maxUs: Math.max(a.maxUs, b.maxUs),
    oddValues: a.oddValues + b.oddValues,
  };
}

/** All of them together. */
export function sumSparse(parts: readonly SparseHistogram[]): SparseHistogram {
  const [first, second] = parts;
  if (first === undefined) return NOTHING;
  if (second === undefined) return first;
  const values = parts.reduce((sum, { pairs }) => sum + pairs.length, 0);
  if (values * Math.log2(parts.length) < BUCKETS) return mergeHalves(parts, 0, parts.length);
  const sum = new Histogram();
  for (const part of parts) sum.add(part);
  return sum.snapshot();
}

/** Walks what is there, once for each halving: for the few buckets of a second, less than one walk through a whole histogram. */
function mergeHalves(parts: readonly SparseHistogram[], from: number, to: number): SparseHistogram {
  if (to - from === 1) return parts[from]!;
  const middle = (from + to) >>> 1;
  return mergeSparse(mergeHalves(parts, from, middle), mergeHalves(parts, middle, to));
}

const NOTHING: SparseHistogram = { pairs: new Float64Array(), count: 0, sumUs: 0, maxUs: 0, oddValues: 0 };

/** One hour. */
export const HIGHEST_US = 3_600_000_000;

/** Sub-buckets of half a bucket: 2¹⁰, the smallest power of two that keeps 10³ values apart at 0.1 %. */
const HALF = 1024;
const HALF_MAGNITUDE = 10;

/** 22 powers of two above the first 2,048 values reach beyond an hour. */
const BUCKETS = bucketIndexOf(HIGHEST_US) + 1;

/**
 * HdrHistogram's index of a value (Tene, `AbstractHistogram.countsArrayIndex`), for unit magnitude 0:
 * bucket b = max(0, ⌊log2 v⌋ − 10), sub-bucket s = ⌊v / 2^b⌋, index = (b + 1)·1024 + s − 1024.
 */
export function bucketIndexOf(valueUs: number): number {
  const value = valueUs >>> 0;
  const bucket = 31 - Math.clz32(value | (2 * HALF - 1)) - HALF_MAGNITUDE;
  return (bucket << HALF_MAGNITUDE) + (value >>> bucket);
}

/** The lowest value that falls into the bucket; the inverse of `bucketIndexOf`. */
export function lowestValueOf(index: number): number {
  if (index < 2 * HALF) return index;
  const bucket = (index >>> HALF_MAGNITUDE) - 1;
  return (HALF + (index & (HALF - 1))) * 2 ** bucket;
}

/** The highest value that falls into the bucket. */
export function highestValueOf(index: number): number {
  return lowestValueOf(index + 1) - 1;
}
