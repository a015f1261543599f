import { randomUnit, STREAM } from '../random.ts';
import type { Session } from '../scenario/scenario.ts';
import type { GroupAssignment } from './assign-groups.ts';
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

/** Who is there at which time, by the plan; asked in the order of time. */
export class Presence {
  readonly #seed: number;
  readonly #sessions: readonly (Session | null)[];
  readonly #groupOf: Uint8Array;
  /** By client, the turn under way and its end. */
  readonly #turn: Uint32Array;
  readonly #untilUs: Float64Array;

  constructor({ seed, groups }: RunPlan, { groupOf }: GroupAssignment) {
    this.#seed = seed;
    this.#sessions = groups.map(({ session }) => session);
    this.#groupOf = groupOf;
    this.#turn = new Uint32Array(groupOf.length);
    this.#untilUs = new Float64Array(groupOf.length).fill(-1);
  }

  isThere(client: number, atUs: number): boolean {
    const session = this.#sessions[this.#groupOf[client]!] ?? null;
    if (session === null) return true;
    if (this.#untilUs[client] === -1) this.#untilUs[client] = drawTurnUs(this.#seed, session, client, 0);
    while (this.#untilUs[client]! <= atUs) {
      const turn = this.#turn[client]! + 1;
      this.#turn[client] = turn;
      this.#untilUs[client]! += drawTurnUs(this.#seed, session, client, turn);
    }
    return this.#turn[client]! % 2 === 0;
  }
}

/** Null where nobody comes and goes. */
export function openPresence(plan: RunPlan, assignment: GroupAssignment | null): Presence | null {
  return assignment === null || plan.groups.every(({ session }) => session === null)
    ? null
    : new Presence(plan, assignment);
}

/** Draws of another try begin so far apart: behind all messages, and within the draws of one kind of traffic. */
export const TRY_DRAWS = 2 ** 40;

/** So often somebody else is drawn where somebody is away; then whoever it is sends once back. */
export const MOST_TRIES = 15;
