import { randomUnit, STREAM } from '../random.ts';
import type { PayloadClass } from '../scenario/scenario.ts';
import { findFirstAbove } from './choose-rooms.ts';

/** Draws which of the payloads message `index` has, by their shares; stateless in (seed, index). */
export function drawPayloads(payloads: readonly PayloadClass[], seed: number): (index: number) => number {
  if (payloads.length === 1) return () => 0;
  let sum = 0;
  const cumulative = Float64Array.from(payloads, ({ share }) => {
    sum += share;
    return sum;
  });
  return (index) => findFirstAbove(cumulative, randomUnit(seed, STREAM.payload, index) * sum);
}
