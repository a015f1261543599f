import { mostOf } from '../extremes.ts';
import type { RunPlan } from './run-plan.ts';

/** Which clients are in which room. Rooms are runs of consecutive clients; a client belongs to exactly one. */
export interface PlanLayout {
  readonly rooms: number;
  readonly largestRoom: number;
  sizeOf(room: number): number;
  firstClientOf(room: number): number;
  roomOf(client: number): number;
}

/** Lays the plan's room classes out, one class after the other. O(clients) memory, one array access per look-up. */
export function layOutRooms({ clients, roomClasses }: Pick<RunPlan, 'clients' | 'roomClasses'>): PlanLayout {
  const rooms = roomClasses.reduce((sum, { count }) => sum + count, 0);
  const starts = new Uint32Array(rooms + 1);
  const roomOfClient = new Uint32Array(clients);
  let room = 0;
  for (const { size, count } of roomClasses) {
    for (let i = 0; i < count; i++, room++) {
      starts[room + 1] = starts[room]! + size;
      roomOfClient.fill(room, starts[room], starts[room + 1]);
    }
  }
  return {
    rooms,
    largestRoom: mostOf(roomClasses.map(({ size }) => size)),
    sizeOf: (index) => starts[index + 1]! - starts[index]!,
    firstClientOf: (index) => starts[index]!,
    // A number outside the plan (a garbled marker) has no room.
    roomOf: (client) => roomOfClient[client] ?? Number.NaN,
  };
}
