import { layOutRooms, type PlanLayout } from './room-layout.ts';
import type { Shard } from './run-plan.ts';

/**
 * Which seats a shard has: of whole rooms all, of split ones a run of consecutive ones, as many (± 1) in every shard. Where clients are in
 * several rooms, a shard has a run of consecutive clients with all their seats, so that all rooms are split. As a layout it is that of the
 * shard's own seats.
 */
export interface ShardPart {
  /** Members of the plan's largest room. */
  readonly largestRoom: number;
  /** Some room of the plan is split: the same in all its shards. */
  readonly hasSplitRooms: boolean;
  isSplit(room: number): boolean;
  /** Seats of the room that are this shard's, which may be none. */
  sizeOf(room: number): number;
  /** The first of them. */
  firstSeatOf(room: number): number;
  /** Of any seat of the plan. */
  roomOf(seat: number): number;
  owns(seat: number): boolean;
  /** Which shard has a seat of the plan. */
  shardOf(seat: number): number;
}

export function layOutShard(
  { index, count, splitAbove, plan }: Shard,
  layout: PlanLayout = layOutRooms(plan),
): ShardPart {
  if (layout.isShared && count > 1) return layOutByClients({ index, count, plan }, layout);
  const above = splitAbove ?? Number.POSITIVE_INFINITY;
  const isSplit = (room: number) => layout.sizeOf(room) > above;
  /** Member with which the part of a shard begins, in a split room. */
  const beginOf = (room: number, shard: number) => Math.floor((layout.sizeOf(room) * shard) / count);
  const sizeOf = (room: number) => {
    if (isSplit(room)) return beginOf(room, index + 1) - beginOf(room, index);
    return room % count === index ? layout.sizeOf(room) : 0;
  };
  const firstSeatOf = (room: number) => layout.firstSeatOf(room) + (isSplit(room) ? beginOf(room, index) : 0);
  const shardOf = (seat: number) => {
    const room = layout.roomOf(seat);
    return isSplit(room) ? partOf(seat - layout.firstSeatOf(room), layout.sizeOf(room), count) : room % count;
  };
  return {
    largestRoom: layout.largestRoom,
    hasSplitRooms: layout.largestRoom > above,
    isSplit,
    sizeOf,
    firstSeatOf,
    roomOf: layout.roomOf,
    owns: (seat) => shardOf(seat) === index,
    shardOf,
  };
}

/** The inverse of ⌊size · part / parts⌋, where each part begins: the last one that begins at or before this place. */
function partOf(place: number, size: number, parts: number): number {
  return Math.ceil(((place + 1) * parts) / size) - 1;
}

function layOutByClients({ index, count, plan }: Omit<Shard, 'splitAbove'>, layout: PlanLayout): ShardPart {
  const beginOf = (shard: number) => Math.floor((plan.clients * shard) / count);
  const first = new Uint32Array(layout.rooms);
  const size = new Uint32Array(layout.rooms);
  for (let room = 0; room < layout.rooms; room++) {
    first[room] = findSeat(layout, room, beginOf(index));
    size[room] = findSeat(layout, room, beginOf(index + 1)) - first[room]!;
  }
  const shardOf = (seat: number) => partOf(layout.clientOf(seat), plan.clients, count);
  return {
    largestRoom: layout.largestRoom,
    hasSplitRooms: true,
    isSplit: () => true,
    sizeOf: (room) => size[room]!,
    firstSeatOf: (room) => first[room]!,
    roomOf: layout.roomOf,
    owns: (seat) => shardOf(seat) === index,
    shardOf,
  };
}

/** The room's first seat of this client or of one behind it; the one behind its last where there is none. */
function findSeat(layout: PlanLayout, room: number, client: number): number {
  let low = layout.firstSeatOf(room);
  let high = low + layout.sizeOf(room);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (layout.clientOf(middle) < client) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All rooms of which a shard has seats, ascending. */
export function listRooms({ index, count, plan }: Shard, part: ShardPart): readonly number[] {
  if (!part.hasSplitRooms)
    return Array.from({ length: Math.ceil((plan.rooms - index) / count) }, (_, i) => index + i * count);
  return Array.from({ length: plan.rooms }, (_, room) => room).filter((room) => part.sizeOf(room) > 0);
}
