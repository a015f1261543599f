import { mostOf } from '../extremes.ts';
import { type Seated, SeatIndex, seatClients } from './seating.ts';

/**
 * Which clients are in which room. A client's place in a room is a seat, and rooms are runs of consecutive seats. Where each client is in
 * one room, a seat has its client's number.
 */
export interface PlanLayout {
  readonly rooms: number;
  /** Of all rooms. */
  readonly seats: number;
  readonly largestRoom: number;
  /** Clients may have several seats. */
  readonly isShared: boolean;
  sizeOf(room: number): number;
  firstSeatOf(room: number): number;
  roomOf(seat: number): number;
  clientOf(seat: number): number;
  /** In the order of its rooms. */
  seatsOf(client: number): ArrayLike<number>;
}

/** Lays the plan's room classes out, one class after the other. O(seats) memory, one array access per look-up. */
export function layOutRooms(plan: Seated): PlanLayout {
  const { roomClasses } = plan;
  const rooms = roomClasses.reduce((sum, { count }) => sum + count, 0);
  const seats = roomClasses.reduce((sum, { size, count }) => sum + size * count, 0);
  const starts = new Uint32Array(rooms + 1);
  const roomOfSeat = new Uint32Array(seats);
  let room = 0;
  for (const { size, count } of roomClasses) {
    for (let i = 0; i < count; i++, room++) {
      starts[room + 1] = starts[room]! + size;
      roomOfSeat.fill(room, starts[room], starts[room + 1]);
    }
  }
  return {
    rooms,
    seats,
    largestRoom: mostOf(roomClasses.map(({ size }) => size)),
    sizeOf: (index) => starts[index + 1]! - starts[index]!,
    firstSeatOf: (index) => starts[index]!,
    // A number outside the plan (a garbled marker) has no room.
    roomOf: (seat) => roomOfSeat[seat] ?? Number.NaN,
    ...whose(plan),
  };
}

function whose(plan: Seated): Pick<PlanLayout, 'isShared' | 'clientOf' | 'seatsOf'> {
  const clientOfSeat = seatClients(plan);
  if (clientOfSeat === null) return { isShared: false, clientOf: (seat) => seat, seatsOf: (client) => [client] };
  const index = new SeatIndex(plan.clients, clientOfSeat);
  return {
    isShared: true,
    clientOf: (seat) => clientOfSeat[seat] ?? Number.NaN,
    seatsOf: (client) => index.seatsOf(client),
  };
}
