import { randomUnit, STREAM } from '../random.ts';
import type { RoomChoice } from '../scenario/scenario.ts';

/** Draws the room of message `index`: uniformly, popular rooms first, or in turn; stateless in (seed, index). */
export type RoomDraw = (index: number) => number;

/**
 * Zipf: P(room r) ∝ 1 / (r + 1)^s, by inverting the cumulative distribution (binary search). s = 0 is uniform; chat rooms
 * and forums are commonly found between 0.8 and 1.2.
 */
export function drawRooms(choice: RoomChoice, rooms: number, seed: number): RoomDraw {
  if (choice.kind === 'in-turn') return (index) => index % rooms;
  if (choice.kind === 'uniform') return (index) => Math.floor(randomUnit(seed, STREAM.room, index) * rooms);
  const cumulative = new Float64Array(rooms);
  let sum = 0;
  for (let room = 0; room < rooms; room++) {
    sum += (room + 1) ** -choice.exponent;
    cumulative[room] = sum;
  }
  return (index) => findFirstAbove(cumulative, randomUnit(seed, STREAM.room, index) * sum);
}

/** The first position whose value exceeds `target`; values ascend. */
export function findFirstAbove(values: Float64Array, target: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
