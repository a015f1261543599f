import { mostOf } from '../extremes.ts';
import type { RunPlan, Shard } from './run-plan.ts';

/** What one generator process can hold, with room to spare below the usual limits. */
export interface ShardCapacity {
  /** Connections: bounded by open files per process. */
  readonly clients: number;
  /** Messages plus deliveries per second. */
  readonly eventsPerSecond: number;
}

/**
 * Plan → shards 0 … count−1. Their union is the plan, to the message, for any count from 1 to `countPossibleShards`. Rooms stay whole
 * where they fit: those are split that have more members than a shard can hold, and where there are fewer rooms than shards those that are
 * larger than the mean part.
 *
 * @param clients that one shard can hold; without it, as many as it has to
 */
export function splitPlan(plan: RunPlan, count: number, clients: number = Number.POSITIVE_INFINITY): readonly Shard[] {
  const most = countPossibleShards(plan);
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new RangeError(`shard count ${count}: expected 1 to ${most}, the number of ${nameParts(plan)}`);
  }
  const splitAbove = chooseSplit(plan, count, clients);
  return Array.from({ length: count }, (_, index) => ({ index, count, ...splitAbove, plan }));
}

/**
 * As many as there are clients; of a closed loop as rooms: who waits for a message to reach everybody has to see that it does. With groups, too, whose
 * books a shard keeps by itself, and where clients come and are expected to get nothing before. Where clients are in several rooms, no room can stay whole but in one shard.
 */
export function countPossibleShards(plan: RunPlan): number {
  if (canSplit(plan)) return plan.clients;
  return plan.seating === undefined ? plan.rooms : 1;
}

function nameParts(plan: RunPlan): string {
  if (canSplit(plan)) return 'clients';
  return plan.seating === undefined ? 'rooms' : 'rooms that share no client';
}

function canSplit({ load, groups, arriving }: RunPlan): boolean {
  return load.loop === 'open' && groups.length === 0 && arriving === undefined;
}

function chooseSplit(plan: RunPlan, count: number, clients: number): Pick<Shard, 'splitAbove'> {
  if (!canSplit(plan) || count === 1 || plan.seating !== undefined) return {};
  const splitAbove = plan.rooms < count ? Math.min(clients, Math.floor(plan.clients / count)) : clients;
  return mostOf(plan.roomClasses.map(({ size }) => size)) > splitAbove ? { splitAbove } : {};
}

/** The fewest shards whose share of connections and of the peak rate fits the capacity; for the rate alone no room is split. */
export function chooseShardCount(plan: RunPlan, capacity: ShardCapacity, cores: number): number {
  const forClients = Math.min(Math.ceil(plan.clients / capacity.clients), countPossibleShards(plan));
  const peak = mostOf(plan.load.stages.flatMap((stage) => [stage.fromPerSecond, stage.toPerSecond]));
  const besides = plan.traffic.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const events = (peak + besides) * countEvents(plan);
  // More processes than cores only take turns; connections are the reason to have more all the same.
  const most = Math.min(plan.rooms, countPossibleShards(plan));
  const forRate = Math.min(Math.ceil(events / capacity.eventsPerSecond), Math.max(1, cores - 1), most);
  return Math.max(1, forClients, forRate);
}

/**
 * Sends and deliveries of one message, in the mean over the rooms as they are chosen: Σ w(r) · max(2, size(r)) / Σ w(r), where
 * w(r) is 1, or by Zipf (r + 1)^−s. A room of n has its send and n − 1 deliveries; who is alone gets its own message back.
 */
function countEvents({ roomClasses, roomChoice }: RunPlan): number {
  let room = 0;
  let weights = 0;
  let events = 0;
  for (const { size, count } of roomClasses) {
    const end = room + count;
    let weight = count;
    if (roomChoice.kind === 'zipf') for (weight = 0; room < end; room++) weight += (room + 1) ** -roomChoice.exponent;
    room = end;
    weights += weight;
    events += weight * Math.max(2, size);
  }
  return events / weights;
}
