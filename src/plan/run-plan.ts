import { z } from 'zod';
import { count, type DataOf } from '../data-schema.ts';
import type {
  BackgroundTraffic,
  Group,
  Load,
  PhaseLengths,
  Population,
  RoomChoice,
  RoomClass,
  Session,
} from '../scenario/scenario.ts';

/** Messages of an open loop; a closed one sends as many as it gets to, and plans 0. */
export const plannedMessages = z.strictObject({ warmup: count, measure: count });

/** Which clients are in several rooms. */
export const seating = z.discriminatedUnion('kind', [
  /** Each is in so many, at least two, which are drawn. Of each class, the rooms are a multiple of it. */
  z.strictObject({ kind: z.literal('drawn'), perClient: count.min(1) }),
  /** By seat, whose it is; of each room ascending. */
  z.strictObject({ kind: z.literal('listed'), clients: z.array(count) }),
]);
export type Seating = DataOf<typeof seating>;

/**
 * The whole run, fixed before it starts. Pure data: every shard derives its own messages from it, and the union over any
 * number of shards is the same schedule.
 *
 * Time 0 is the start of warm-up; measure begins at `phases.warmupUs`.
 */
export interface RunPlan {
  /** Four characters [0-9a-z] that mark the messages of this run. */
  readonly runId: string;
  readonly seed: number;
  readonly load: Load;
  readonly phases: PhaseLengths;
  readonly clients: number;
  /** Clients come during measure; absent: all are there before. */
  readonly arriving?: Population['arriving'] | undefined;
  /** Laid out one class after the other, see `layOutRooms`. */
  readonly roomClasses: readonly RoomClass[];
  /** Absent: each client is in one room. */
  readonly seating?: Seating | undefined;
  readonly rooms: number;
  readonly roomChoice: RoomChoice;
  readonly senderShare: number;
  /** Pace of the first connects of all shards together; null: as fast as they come up. */
  readonly connectPerSecond: number | null;
  /** What clients do beside sending; see `openTrafficSchedule`. */
  readonly traffic: readonly PlannedTraffic[];
  /** Users that do different things, see `assignGroups`; empty: all do the same. */
  readonly groups: readonly PlanGroup[];
  /** In order of time. */
  readonly clientFaults: readonly ClientFault[];
  readonly planned: DataOf<typeof plannedMessages>;
}

/** Of one group's clients, or of all. */
export interface PlannedTraffic extends BackgroundTraffic {
  /** Position of the group; null: of all clients. */
  readonly group: number | null;
}

export interface PlanGroup extends Pick<Group, 'name' | 'share' | 'messages'> {
  /** Sizes of its bodies; null: the load's. */
  readonly payloads: Load['payloads'] | null;
  /** Null: its clients stay. */
  readonly session: Session | null;
}

/** Something that happens to a share of the clients on purpose. Times in µs. */
export interface ClientFault {
  /** disconnect: they leave. stall: they stop reading. */
  readonly action: 'disconnect' | 'stall';
  /** Since run start. */
  readonly atUs: number;
  readonly forUs: number;
  /** (0, 1]; which clients these are is told by `chooseClients`. */
  readonly share: number;
}

/**
 * The rooms r with r mod count = index, their clients and their messages; and of each split room a part of its members, with what
 * they send. Where clients are in several rooms, a part of the clients. Which these are is told by `layOutShard`.
 */
export interface Shard {
  readonly index: number;
  readonly count: number;
  /** Rooms of more members are split over all shards; absent: none is. */
  readonly splitAbove?: number | undefined;
  readonly plan: RunPlan;
}
