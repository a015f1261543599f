import { layOutRooms, type PlanLayout } from './room-layout.ts';
import type { Shard } from './run-plan.ts';

/**
 * Which clients a shard has: of whole rooms all members, of split ones a run of consecutive members, as many (± 1) in every shard.
 * As a layout it is that of the shard's own members.
 */
export interface ShardPart {
  /** Members of the plan's largest room. */
  readonly largestRoom: number;
  /** Some room of the plan is split: the same in all its shards. */
  readonly hasSplitRooms: boolean;
  isSplit(room: number): boolean;
  /** Members of the room that are clients of this shard, which may be none. */
  sizeOf(room: number): number;
  /** The first of them. */
  firstClientOf(room: number): number;
  /** Of any client of the plan. */
  roomOf(client: number): number;
  owns(client: number): boolean;
  /** Which shard has a client of the plan. */
  shardOf(client: number): number;
}

export function layOutShard(
  { index, count, splitAbove, plan }: Shard,
  layout: PlanLayout = layOutRooms(plan),
): ShardPart {
  const above = splitAbove ?? Number.POSITIVE_INFINITY;
  const isSplit = (room: number) => layout.sizeOf(room) > above;
  /** Member with which the part of a shard begins, in a split room. */
  const beginOf = (room: number, shard: number) => Math.floor((layout.sizeOf(room) * shard) / count);
  const sizeOf = (room: number) => {
    if (isSplit(room)) return beginOf(room, index + 1) - beginOf(room, index);
    return room % count === index ? layout.sizeOf(room) : 0;
  };
  const firstClientOf = (room: number) => layout.firstClientOf(room) + (isSplit(room) ? beginOf(room, index) : 0);
  const shardOf = (client: number) => {
    const room = layout.roomOf(client);
    if (!isSplit(room)) return room % count;
    // The inverse of `beginOf`: the last shard that begins at or before this member.
    return Math.ceil(((client - layout.firstClientOf(room) + 1) * count) / layout.sizeOf(room)) - 1;
  };
  return {
    largestRoom: layout.largestRoom,
    hasSplitRooms: layout.largestRoom > above,
    isSplit,
    sizeOf,
    firstClientOf,
    roomOf: layout.roomOf,
    owns: (client) => shardOf(client) === index,
    shardOf,
  };
}

/** All rooms of which a shard has members, ascending. */
export function listRooms({ index, count, plan }: Shard, part: ShardPart): readonly number[] {
  if (!part.hasSplitRooms)
    return Array.from({ length: Math.ceil((plan.rooms - index) / count) }, (_, i) => index + i * count);
  return Array.from({ length: plan.rooms }, (_, room) => room).filter((room) => part.sizeOf(room) > 0);
}
