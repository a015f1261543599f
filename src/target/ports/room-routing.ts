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
}

/** How long a gateway that has gone silent is still believed to be there, milliseconds. */
export const LEASE_MS = 10_000;
