import { randomBelow, randomUnit, STREAM } from '../random.ts';
import type { GroupAssignment } from './assign-groups.ts';
import { findFirstAbove } from './choose-rooms.ts';
import type { PlanLayout } from './room-layout.ts';
import type { RunPlan } from './run-plan.ts';

/** Draws who of which group sends message `index`, by seat; stateless in (seed, index). */
export interface SenderDraw {
  groupOf(index: number): number;
  senderOf(group: number, index: number): number;
}

/** The fractional part of the golden ratio. */
const GOLDEN = 0.618_033_988_749_894_9;

/**
 * Messages are dealt out to groups by their shares. Of evenly spaced ones each group gets its part evenly: message k falls where the
 * fractional part of k · φ does (a Weyl sequence: any n messages in a row are a share's to within O(log n)). Those of a Poisson process are
 * drawn one by one, which makes each part a Poisson process of its own.
 *
 * Who sends is any seat of the group alike, where rooms are chosen uniformly; by Zipf, those in popular rooms more often, by the weight
 * of their room for each of its seats.
 *
 * @param assignment of seats
 */
export function drawSenders(
  plan: Pick<RunPlan, 'groups' | 'seed' | 'load' | 'roomChoice'>,
  { members }: GroupAssignment,
  layout: PlanLayout,
): SenderDraw {
  const { seed, roomChoice } = plan;
  let sum = 0;
  const shares = Float64Array.from(plan.groups, ({ messages }) => {
    sum += messages;
    return sum;
  });
  const unitOf =
    plan.load.process === 'poisson'
      ? (index: number) => randomUnit(seed, STREAM.group, GROUP_DRAWS + index)
      : (index: number) => ((index + 1) * GOLDEN) % 1;
  const weights = roomChoice.kind === 'zipf' ? members.map((list) => weigh(list, roomChoice.exponent, layout)) : null;
  return {
    groupOf: (index) => findFirstAbove(shares, unitOf(index) * sum),
    senderOf(group, index) {
      const list = members[group]!;
      const cumulative = weights?.[group];
      if (cumulative === undefined) return list[randomBelow(seed, STREAM.sender, index, list.length)]!;
      const target = randomUnit(seed, STREAM.sender, index) * cumulative[cumulative.length - 1]!;
      return list[findFirstAbove(cumulative, target)]!;
    },
  };
}

/** Behind those that assign clients to groups. */
const GROUP_DRAWS = 2 ** 32;

/** Cumulative: P(seat c) ∝ (room + 1)^−s / size of its room. */
function weigh(members: Uint32Array, exponent: number, layout: PlanLayout): Float64Array {
  let sum = 0;
  return Float64Array.from(members, (seat) => {
    const room = layout.roomOf(seat);
    sum += (room + 1) ** -exponent / layout.sizeOf(room);
    return sum;
  });
}
