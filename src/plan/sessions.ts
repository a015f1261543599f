import { randomUnit, STREAM } from '../random.ts';
import type { Session } from '../scenario/scenario.ts';
import type { GroupAssignment } from './assign-groups.ts';
import type { PlanLayout } from './room-layout.ts';
import type { RunPlan } from './run-plan.ts';

/**
 * How long turn n of a client lasts, µs: of the even ones, from 0, it is there, of the odd ones away. Exponential with the session's means, so
 * that comings and goings are those of many people who know nothing of each other; where they are `fixed`, all are equal but the first, of
 * which a uniform part is over when the run begins. Depends on (seed, client, turn) alone.
 */
export function drawTurnUs(seed: number, { lengthUs, awayUs, isFixed }: Session, client: number, turn: number): number {
  const meanUs = turn % 2 === 0 ? lengthUs : awayUs;
  const unit = randomUnit(seed, STREAM.session, client * TURNS_APART + turn);
  if (!isFixed) return Math.max(SHORTEST_US, Math.round(-Math.log(1 - unit) * meanUs));
  return turn === 0 ? Math.max(SHORTEST_US, Math.round(unit * meanUs)) : meanUs;
}

/** More turns than a week has of the shortest. */
const TURNS_APART = 2 ** 32;
const SHORTEST_US = 1_000;

/**
 * Who is there at which time, by the plan, and neither about to leave nor only just back: what a generator sends a moment late would meet a closed
 * door, and wait for as long as its sender is away. Asked in the order of time.
 */
class Presence {
  readonly #seed: number;
  readonly #sessions: readonly (Session | null)[];
  readonly #groupOf: Uint8Array;
  /** By client, the turn under way, its begin and its end. */
  readonly #turn: Uint32Array;
  readonly #fromUs: Float64Array;
  readonly #untilUs: Float64Array;

  constructor({ seed, groups }: RunPlan, { groupOf }: GroupAssignment) {
    this.#seed = seed;
    this.#sessions = groups.map(({ session }) => session);
    this.#groupOf = groupOf;
    this.#turn = new Uint32Array(groupOf.length);
    this.#fromUs = new Float64Array(groupOf.length).fill(-SETTLED_US);
    this.#untilUs = new Float64Array(groupOf.length).fill(-1);
  }

  isThere(client: number, atUs: number): boolean {
    const session = this.#sessions[this.#groupOf[client]!] ?? null;
    if (session === null) return true;
    if (this.#untilUs[client] === -1) this.#untilUs[client] = drawTurnUs(this.#seed, session, client, 0);
    while (this.#untilUs[client]! <= atUs) {
      const turn = this.#turn[client]! + 1;
      this.#turn[client] = turn;
      this.#fromUs[client] = this.#untilUs[client]!;
      this.#untilUs[client]! += drawTurnUs(this.#seed, session, client, turn);
    }
    const isIn = atUs >= this.#fromUs[client]! + SETTLED_US && atUs <= this.#untilUs[client]! - LEAVING_US;
    return isIn && this.#turn[client]! % 2 === 0;
  }
}

/** From coming back to being taken for back, and from being about to leave to leaving. */
const SETTLED_US = 500_000;
const LEAVING_US = 250_000;

/**
 * A drawn seat whose client is there. Where it is not, another is drawn, so often, and then the next of the list is taken, in a circle, whose client
 * is there; the last one drawn where nobody is.
 *
 * @param draw  the seat of a draw, by its number
 * @param seats those that are drawn from, ascending; null: they are no list
 */
export function drawThere(
  presence: SeatPresence,
  draw: (index: number) => number,
  seats: Uint32Array | null,
  index: number,
  atUs: number,
): number {
  let seat = draw(index);
  for (let attempt = 1; !presence(seat, atUs); attempt++) {
    if (attempt > MOST_TRIES) return seats === null ? seat : nextThere(presence, seats, seat, atUs);
    seat = draw(index + attempt * TRY_DRAWS);
  }
  return seat;
}

function nextThere(presence: SeatPresence, seats: Uint32Array, drawn: number, atUs: number): number {
  const start = seats.indexOf(drawn);
  for (let i = 1; i < seats.length; i++) {
    const seat = seats[(start + i) % seats.length]!;
    if (presence(seat, atUs)) return seat;
  }
  return drawn;
}

/** Whether the client of a seat is there. */
export type SeatPresence = (seat: number, atUs: number) => boolean;

/**
 * Null where nobody comes and goes.
 *
 * @param assignment of clients
 */
export function openPresence(
  plan: RunPlan,
  assignment: GroupAssignment | null,
  { clientOf }: PlanLayout,
): SeatPresence | null {
  if (assignment === null || plan.groups.every(({ session }) => session === null)) return null;
  const presence = new Presence(plan, assignment);
  return (seat, atUs) => presence.isThere(clientOf(seat), atUs);
}

/** Draws of another try begin so far apart: behind all messages, and within the draws of one kind of traffic. */
const TRY_DRAWS = 2 ** 40;

/** So often somebody else is drawn where somebody is away. */
const MOST_TRIES = 15;
