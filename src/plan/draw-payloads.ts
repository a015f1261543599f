import { randomBelow, randomUnit, STREAM } from '../random.ts';
import type { Load } from '../scenario/scenario.ts';
import { findFirstAbove } from './choose-rooms.ts';

/**
 * Which body message `index` has: of several sizes one drawn by their shares, of the lines of a file each in its turn, from one that
 * the seed draws. Stateless in (seed, index).
 */
export function drawPayloads({ payloads, texts }: Pick<Load, 'payloads' | 'texts'>, seed: number): PayloadDraw {
  if (texts !== undefined) {
    const first = randomBelow(seed, STREAM.payload, 0, texts.lines);
    return (index) => (first + index) % texts.lines;
  }
  if (payloads.length === 1) return () => 0;
  let sum = 0;
  const cumulative = Float64Array.from(payloads, ({ share }) => {
    sum += share;
    return sum;
  });
  return (index) => findFirstAbove(cumulative, randomUnit(seed, STREAM.payload, index) * sum);
}

export type PayloadDraw = (index: number) => number;
