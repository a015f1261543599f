import { randomBelow, STREAM } from '../random.ts';
import type { RunPlan } from './run-plan.ts';

export type Seated = Pick<RunPlan, 'clients' | 'roomClasses' | 'seating'> & Partial<Pick<RunPlan, 'seed'>>;

/**
 * By seat, the client whose it is, ascending within each room; null where each client is in one room, and has the number of its seat.
 *
 * Drawn ones: all clients are dealt out to an equal part of the rooms of each class as often as each has seats, in their order the first time,
 * shuffled anew by the seed each other time. So everybody is in as many rooms, and nobody twice in one.
 */
export function seatClients({ clients, roomClasses, seating: how, seed = 0 }: Seated): Uint32Array | null {
  if (how === undefined) return null;
  if (how.kind === 'listed') return Uint32Array.from(how.clients);
  const { perClient } = how;
  const seats = new Uint32Array(clients * perClient);
  const order = Uint32Array.from({ length: clients }, (_, client) => client);
  for (let turn = 0; turn < perClient; turn++) {
    if (turn > 0) shuffle(order, seed, turn);
    let dealt = 0;
    let first = 0;
    for (const { size, count: rooms } of roomClasses) {
      const perTurn = (rooms / perClient) * size;
      const begin = first + turn * perTurn;
      seats.set(order.subarray(dealt, dealt + perTurn), begin);
      for (let seat = begin; seat < begin + perTurn; seat += size) seats.subarray(seat, seat + size).sort();
      dealt += perTurn;
      first += rooms * size;
    }
  }
  return seats;
}

/** Fisher–Yates. */
function shuffle(order: Uint32Array, seed: number, turn: number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = randomBelow(seed, STREAM.seat, turn * 2 ** 32 + i, i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
}

/** By client, its seats, in the order of its rooms. */
export class SeatIndex {
  readonly #starts: Uint32Array;
  readonly #seats: Uint32Array;

  constructor(clients: number, clientOf: Uint32Array) {
    this.#starts = new Uint32Array(clients + 1);
    for (const client of clientOf) this.#starts[client + 1]!++;
    for (let client = 0; client < clients; client++) this.#starts[client + 1]! += this.#starts[client]!;
    const next = this.#starts.slice();
    this.#seats = new Uint32Array(clientOf.length);
    for (const [seat, client] of clientOf.entries()) this.#seats[next[client]!++] = seat;
  }

  seatsOf(client: number): Uint32Array {
    return this.#seats.subarray(this.#starts[client], this.#starts[client + 1]);
  }
}
