import { randomBelow, STREAM } from '../random.ts';
import type { ArrivalStream } from './arrivals/arrival-stream.ts';
import { NO_ARRIVAL } from './arrivals/arrival-stream.ts';
import { streamMeasureArrivals, streamWarmupArrivals } from './arrivals/stream-arrivals.ts';
import { type Arriving, openArriving } from './arriving.ts';
import { assignGroups, assignSeats, type GroupAssignment } from './assign-groups.ts';
import { drawRooms, type RoomDraw } from './choose-rooms.ts';
import { drawPayloads, type PayloadDraw } from './draw-payloads.ts';
import { drawSenders, type SenderDraw } from './draw-senders.ts';
import { countSenders } from './list-senders.ts';
import { layOutRooms, type PlanLayout } from './room-layout.ts';
import type { RunPlan, Shard } from './run-plan.ts';
import { drawThere, openPresence, type SeatPresence } from './sessions.ts';
import { layOutShard, type ShardPart } from './shard-part.ts';

/**
 * A shard's messages in order of their intended time: a cursor that is moved, not a list, so that a run of ten million
 * messages takes no more memory than one of ten.
 *
 * The room and the sender of message k depend on (seed, k) alone; a shard walks the whole plan and keeps what falls into
 * its rooms, of split ones all: when, and from whom its members are to get it, it knows without being told.
 */
export interface ScheduleCursor {
  /** False before the first `advance` and after the last. */
  readonly valid: boolean;
  /** The message's number in the whole plan, warm-up included, from 0. */
  readonly index: number;
  /** µs since run start. */
  readonly intendedAtUs: number;
  readonly room: number;
  /** Its seat in the room. */
  readonly sender: number;
  /** False: a client of another shard sends it, and members of this one are to get it. */
  readonly isOwn: boolean;
  /** Which of the sender's bodies: of its group's, or the load's. */
  readonly payload: number;
  readonly measured: boolean;
  /** Moves to the next message of this shard; false when there is none. */
  advance(): boolean;
}

export function openSchedule(
  shard: Shard,
  layout: PlanLayout = layOutRooms(shard.plan),
  part: ShardPart = layOutShard(shard, layout),
): ScheduleCursor {
  return new PlanCursor(shard, layout, part);
}

class PlanCursor implements ScheduleCursor {
  valid = false;
  index = -1;
  intendedAtUs = 0;
  room = 0;
  sender = 0;
  isOwn = true;
  payload = 0;
  measured: boolean;
  readonly #plan: RunPlan;
  readonly #layout: PlanLayout;
  readonly #drawRoom: RoomDraw;
  readonly #drawPayload: PayloadDraw;
  /** Null: all do the same. */
  readonly #groups: GroupDraws | null;
  /** Null: all clients are there from the beginning. */
  readonly #arriving: Arriving | null;
  readonly #shard: Shard;
  /** Null where all rooms are whole. */
  readonly #part: ShardPart | null;
  #stream: ArrivalStream;
  #phaseStartUs = 0;

  constructor(shard: Shard, layout: PlanLayout, part: ShardPart) {
    this.#shard = shard;
    this.#plan = shard.plan;
    this.#layout = layout;
    this.#part = part.hasSplitRooms ? part : null;
    this.#drawRoom = drawRooms(shard.plan.roomChoice, shard.plan.rooms, shard.plan.seed);
    this.#drawPayload = drawPayloads(shard.plan.load, shard.plan.seed);
    this.#arriving = openArriving(shard.plan);
    this.#groups = drawOfGroups(shard.plan, layout);
    this.measured = shard.plan.planned.warmup === 0;
    this.#phaseStartUs = this.measured ? shard.plan.phases.warmupUs : 0;
    this.#stream = this.measured ? streamMeasureArrivals(shard.plan) : streamWarmupArrivals(shard.plan);
  }

  advance(): boolean {
    const { seed } = this.#plan;
    for (;;) {
      const offsetUs = this.#nextArrival();
      if (offsetUs === NO_ARRIVAL) {
        this.valid = false;
        return false;
      }
      this.index++;
      if (this.#arriving !== null) {
        if (!this.#drawOfArrived(this.#arriving, this.#phaseStartUs + offsetUs)) continue;
      } else if (this.#groups !== null) {
        if (!this.#drawOfGroup(this.#groups, this.#phaseStartUs + offsetUs)) continue;
      } else {
        const room = this.#drawRoom(this.index);
        if (!this.#concerns(room)) continue;
        this.room = room;
        this.sender = this.#layout.firstSeatOf(room) + this.#drawSender(seed, room);
        this.payload = this.#drawPayload(this.index);
      }
      this.isOwn = this.#part === null || this.#part.owns(this.sender);
      this.intendedAtUs = this.#phaseStartUs + offsetUs;
      this.valid = true;
      return true;
    }
  }

  /** The shard has members of the room. */
  #concerns(room: number): boolean {
    const { count, index } = this.#shard;
    return this.#part === null ? count === 1 || room % count === index : this.#part.sizeOf(room) > 0;
  }

  /** Any of those that are there, in any of its rooms; where only some of a room ever send, one of these. False: it is another shard's. */
  #drawOfArrived(arriving: Arriving, atUs: number): boolean {
    const { seed, senderShare } = this.#plan;
    const layout = this.#layout;
    const client = randomBelow(seed, STREAM.sender, this.index, arriving.countSettled(atUs));
    const seats = layout.isShared ? layout.seatsOf(client) : null;
    const seat = seats === null ? client : seats[randomBelow(seed, STREAM.room, this.index, seats.length)]!;
    const room = layout.roomOf(seat);
    if (!this.#concerns(room)) return false;
    const first = layout.firstSeatOf(room);
    this.room = room;
    // Members before it have lower numbers, and so have come before.
    this.sender = first + ((seat - first) % countSenders(layout.sizeOf(room), senderShare));
    this.payload = this.#drawPayload(this.index);
    return true;
  }

  /** False: it is another shard's. */
  #drawOfGroup({ senders, payloads, members, presence }: GroupDraws, atUs: number): boolean {
    const group = senders.groupOf(this.index);
    const sender =
      presence === null
        ? senders.senderOf(group, this.index)
        : drawThere(presence, (index) => senders.senderOf(group, index), members[group]!, this.index, atUs);
    const room = this.#layout.roomOf(sender);
    if (!this.#concerns(room)) return false;
    this.room = room;
    this.sender = sender;
    this.payload = payloads[group]!(this.index);
    return true;
  }

  #drawSender(seed: number, room: number): number {
    const senders = countSenders(this.#layout.sizeOf(room), this.#plan.senderShare);
    if (this.#plan.roomChoice.kind === 'in-turn') return Math.floor(this.index / this.#plan.rooms) % senders;
    return randomBelow(seed, STREAM.sender, this.index, senders);
  }

  #nextArrival(): number {
    const offsetUs = this.#stream.next();
    if (offsetUs !== NO_ARRIVAL || this.measured) return offsetUs;
    this.measured = true;
    this.#phaseStartUs = this.#plan.phases.warmupUs;
    this.#stream = streamMeasureArrivals(this.#plan);
    return this.#stream.next();
  }
}

interface GroupDraws {
  readonly senders: SenderDraw;
  /** By group. */
  readonly payloads: readonly PayloadDraw[];
  /** Seats. */
  readonly members: GroupAssignment['members'];
  /** Null: nobody comes and goes. */
  readonly presence: SeatPresence | null;
}

function drawOfGroups(plan: RunPlan, layout: PlanLayout): GroupDraws | null {
  const assignment = assignGroups(plan);
  if (assignment === null) return null;
  const payloads = plan.groups.map(({ payloads }) =>
    drawPayloads(payloads === null ? plan.load : { payloads }, plan.seed),
  );
  const seats = assignSeats(assignment, layout);
  return {
    senders: drawSenders(plan, seats, layout),
    payloads,
    members: seats.members,
    presence: openPresence(plan, assignment, layout),
  };
}
