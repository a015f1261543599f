import { setTimeout as wait } from 'node:timers/promises';
import type { RoomRouting } from '../ports/room-routing.ts';

/** What a call costs on its way to a server that is not near, and back, ms. */
const ROUND_TRIP_MS = 2;

/** Asks for one room after the other, each a round trip of its own, where one call could ask for all. */
export function withSlowHop(routing: RoomRouting): RoomRouting {
  return {
    ...routing,
    async gatewaysOf(rooms) {
      const known = new Map<string, readonly string[]>();
      for (const room of new Set(rooms)) {
        await wait(ROUND_TRIP_MS);
        const [gateways = []] = await routing.gatewaysOf([room]);
        known.set(room, gateways);
      }
      return rooms.map((room) => known.get(room)!);
    },
  };
}
