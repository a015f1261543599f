import { channelsOfRoom } from './channels.ts';
import type { RoomRouting } from './room-routing.ts';

/** The same routing, in which a message to a direct room goes wherever one of its users is. */
export function withDirectRooms(routing: RoomRouting): RoomRouting {
  return {
    ...routing,
    async gatewaysOf(rooms) {
      if (!rooms.some((room) => room[0] === '@')) return routing.gatewaysOf(rooms);
      const channels = rooms.map(channelsOfRoom);
      const answers = await routing.gatewaysOf(channels.flat());
      let next = 0;
      return channels.map(({ length }) => {
        next += length;
        const holders = answers.slice(next - length, next);
        return length === 1 ? holders[0]! : [...new Set(holders.flat())];
      });
    },
  };
}
