import type { RoomRouting } from '../../ports/room-routing.ts';

/** Routing entries in memory. Nothing expires: gateways of one process die together. */
export function createMemoryRouting(): RoomRouting {
  const gatewaysOf = new Map<string, readonly string[]>();

  function without(gateway: string, room: string): void {
    const rest = (gatewaysOf.get(room) ?? []).filter((other) => other !== gateway);
    if (rest.length === 0) gatewaysOf.delete(room);
    else gatewaysOf.set(room, rest);
  }

  function remove(gateway: string): void {
    for (const room of [...gatewaysOf.keys()]) without(gateway, room);
  }

  return {
    async enter(gateway) {
      remove(gateway);
      return {
        async join(room) {
          const held = gatewaysOf.get(room) ?? [];
          if (!held.includes(gateway)) gatewaysOf.set(room, [...held, gateway]);
        },
        async leave(room) {
          without(gateway, room);
        },
        async exit() {
          remove(gateway);
        },
      };
    },
    gatewaysOf: async (rooms) => rooms.map((room) => gatewaysOf.get(room) ?? []),
    async close() {},
  };
}
