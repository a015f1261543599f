import { channelsOfRoom } from './channels.ts';

/** Which gateways hold members of which rooms. */
export interface RoomRouting {
  /**
   * Enters a gateway, without rooms. Its entries vanish within about `LEASE_MS` once it has stopped without leaving.
   * Entering again under the same name forgets what was there before.
   *
   * @param onRestored called when entries that had vanished are there again; default: nobody is told
   */
  enter(gateway: string, onRestored?: () => void): Promise<GatewayPresence>;
  /** For each room the gateways that hold members of it, in the order of `rooms`. */
  gatewaysOf(rooms: readonly string[]): Promise<readonly (readonly string[])[]>;
  close(): Promise<void>;
}

export interface GatewayPresence {
  /** Settles when every later `gatewaysOf` sees it. Joins and leaves take effect in the order of the calls. */
  join(room: string): Promise<void>;
  leave(room: string): Promise<void>;
  /** Takes the gateway and all its rooms out. */
  exit(): Promise<void>;
  /** False while its entries are lost, and are being made again: nothing finds it then. Absent: that cannot happen. */
  readonly isRegistered?: boolean;
}

/** How long a gateway that has gone silent is still believed to be there, milliseconds. */
export const LEASE_MS = 10_000;

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

/** Routing entries as they are kept for the whole cluster, each change of them counted. */
export interface RouteSource {
  /** The gateways of each room, and the number of changes so far, both of the same instant. */
  lookUp(rooms: readonly string[]): Promise<RouteSnapshot>;
  /** Settles when every later change is told, in their order; a change that happened just before may be told as well. */
  watch(listener: RouteChangeListener): Promise<void>;
  close(): Promise<void>;
}

export interface RouteSnapshot {
  /** Grows with every change, also over a loss of all entries; 0: there are none. */
  readonly epoch: number;
  readonly routes: readonly (readonly string[])[];
}

export interface RouteChangeListener {
  /** The change with this number was to this room. */
  changed(epoch: number, room: string): void;
  /** Changes may have been missed. */
  interrupted(): void;
}
