import { type SparseHistogram, sumSparse } from './histogram.ts';

/**
 * A sparse histogram as text: numbers of 7 bits a byte, the lowest first, in base64: count, sum and largest value in µs, odd values,
 * then for each bucket that is not empty its distance from the one before and its count. A tenth of a millisecond for a second of
 * many deliveries, where HdrHistogram's own encoding takes a whole one. '' for an empty one.
 */
export function writeSparse({ pairs, count, sumUs, maxUs, oddValues }: SparseHistogram): string {
  if (count === 0 && oddValues === 0) return '';
  const bytes: number[] = [];
  for (const value of [count, Math.round(sumUs), maxUs, oddValues]) pushNumber(bytes, value);
  let before = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    pushNumber(bytes, pairs[i]! - before);
    pushNumber(bytes, pairs[i + 1]!);
    before = pairs[i]!;
  }
  return Buffer.from(bytes).toString('base64');
}

/** The inverse of `writeSparse`; null where the text is none of it. */
export function readSparse(text: string): SparseHistogram | null {
  const bytes = Buffer.from(text, 'base64');
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte & 0x80) continue;
    numbers.push(value);
    value = 0;
    scale = 1;
  }
  if (numbers.length === 0) return sumSparse([]);
  if (scale !== 1 || numbers.length < 4 || numbers.length % 2 !== 0) return null;
  const [count = 0, sumUs = 0, maxUs = 0, oddValues = 0] = numbers;
  const pairs = Float64Array.from(numbers.slice(4));
  for (let i = 2; i < pairs.length; i += 2) pairs[i] = pairs[i]! + pairs[i - 2]!;
  return { pairs, count, sumUs, maxUs, oddValues };
}

function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}
