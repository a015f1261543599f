import { TRAFFIC_KINDS, type TrafficKind } from '../choices.ts';
import { randomBelow, STREAM } from '../random.ts';
import { NO_ARRIVAL } from './arrivals/arrival-stream.ts';
import { streamTrafficArrivals } from './arrivals/stream-arrivals.ts';
import { assignGroups, assignSeats } from './assign-groups.ts';
import { drawRooms } from './choose-rooms.ts';
import { countSenders } from './list-senders.ts';
import { layOutRooms, type PlanLayout } from './room-layout.ts';
import type { PlannedTraffic, Shard } from './run-plan.ts';
import { drawThere, openPresence, type SeatPresence } from './sessions.ts';
import { layOutShard, type ShardPart } from './shard-part.ts';

/** What a shard's clients do beside sending, in order of its intended time: a cursor like that of the messages. */
export interface TrafficCursor {
  /** False before the first `advance` and after the last. */
  readonly valid: boolean;
  readonly kind: TrafficKind;
  /** µs since run start. */
  readonly intendedAtUs: number;
  /** Who does it, and in which room. */
  readonly seat: number;
  /** False in warm-up. */
  readonly measured: boolean;
  /** Moves to the next one of this shard; false when there is none. */
  advance(): boolean;
}

/**
 * The rooms are drawn as those of messages are. Who types is one of the room's senders; who reads, one of those that others
 * send to. When, where and who of the k-th of a kind depends on (seed, kind, k) alone, as with messages.
 */
export function openTrafficSchedule(
  shard: Shard,
  layout: PlanLayout = layOutRooms(shard.plan),
  part: ShardPart = layOutShard(shard, layout),
): TrafficCursor {
  const assignment = shard.plan.traffic.length > 0 ? assignGroups(shard.plan) : null;
  const seats = assignment && assignSeats(assignment, layout);
  return new MergedCursor(
    shard.plan.traffic.map((traffic) => {
      const members = traffic.group === null ? null : (seats?.members[traffic.group] ?? null);
      return new KindCursor(shard, layout, part, traffic, members, openPresence(shard.plan, assignment, layout));
    }),
    shard.plan.phases.warmupUs,
  );
}

class MergedCursor implements TrafficCursor {
  valid = false;
  kind: TrafficKind = TRAFFIC_KINDS[0];
  intendedAtUs = 0;
  seat = 0;
  measured = false;
  readonly #kinds: readonly KindCursor[];
  readonly #warmupUs: number;

  constructor(kinds: readonly KindCursor[], warmupUs: number) {
    this.#kinds = kinds;
    this.#warmupUs = warmupUs;
    for (const kind of kinds) kind.advance();
  }

  advance(): boolean {
    let next: KindCursor | null = null;
    for (const kind of this.#kinds) if (kind.atUs < (next?.atUs ?? Number.POSITIVE_INFINITY)) next = kind;
    this.valid = next !== null;
    if (next === null) return false;
    this.kind = next.kind;
    this.intendedAtUs = next.atUs;
    this.seat = next.seat;
    this.measured = next.atUs >= this.#warmupUs;
    next.advance();
    return true;
  }
}

/** Draws of each kind begin so far apart, and behind those of all messages. */
const DRAWS_OF_KIND = 2 ** 44;

/** The shard's part of one kind. */
class KindCursor {
  readonly kind: TrafficKind;
  /** µs since run start; infinite where there is none left. */
  atUs = Number.POSITIVE_INFINITY;
  seat = 0;
  readonly #shard: Shard;
  readonly #layout: PlanLayout;
  readonly #part: ShardPart;
  readonly #drawRoom: (index: number) => number;
  readonly #members: Uint32Array | null;
  /** Null: nobody comes and goes. */
  readonly #presence: SeatPresence | null;
  readonly #next: () => number;
  #draw: number;

  /** @param members the seats of the group's clients, of which any does it alike; null: of all, as rooms are drawn */
  constructor(
    shard: Shard,
    layout: PlanLayout,
    part: ShardPart,
    { kind, perSecond, group }: PlannedTraffic,
    members: Uint32Array | null,
    presence: SeatPresence | null,
  ) {
    const { plan } = shard;
    this.kind = kind;
    this.#shard = shard;
    this.#layout = layout;
    this.#members = members;
    this.#presence = presence;
    this.#part = part;
    const place = group === null ? 0 : group + 1;
    this.#draw = DRAWS_OF_KIND * (place * TRAFFIC_KINDS.length + TRAFFIC_KINDS.indexOf(kind) + 1);
    this.#drawRoom = drawRooms(plan.roomChoice, plan.rooms, plan.seed);
    const arrivals = streamTrafficArrivals(plan, perSecond, this.#draw);
    this.#next = () => arrivals.next();
  }

  advance(): void {
    const { seed } = this.#shard.plan;
    for (;;) {
      const atUs = this.#next();
      const draw = this.#draw++;
      if (atUs === NO_ARRIVAL) {
        this.atUs = Number.POSITIVE_INFINITY;
        return;
      }
      const seat =
        this.#presence === null
          ? this.#drawSeat(seed, draw)
          : drawThere(this.#presence, (index) => this.#drawSeat(seed, index), this.#members, draw, atUs);
      if (!this.#part.owns(seat)) continue;
      this.atUs = atUs;
      this.seat = seat;
      return;
    }
  }

  #drawSeat(seed: number, draw: number): number {
    const members = this.#members;
    if (members === null) return this.#drawMember(this.#drawRoom(draw), seed, draw);
    return members[randomBelow(seed, STREAM.sender, draw, members.length)]!;
  }

  #drawMember(room: number, seed: number, draw: number): number {
    const first = this.#layout.firstSeatOf(room);
    const size = this.#layout.sizeOf(room);
    const senders = countSenders(size, this.#shard.plan.senderShare);
    if (this.kind === 'typing') return first + randomBelow(seed, STREAM.sender, draw, senders);
    // The only one who sends in a room may never receive anything there.
    const silent = senders === 1 && size > 1 ? 1 : 0;
    return first + silent + randomBelow(seed, STREAM.sender, draw, size - silent);
  }
}
