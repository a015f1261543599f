import type { GatewayPath } from '../ports/gateway-path.ts';
import type { Connection } from './connection.ts';

interface LocalRoom {
  readonly members: Set<Connection>;
  readonly registered: Promise<void>;
}

/** The rooms of one gateway: who is in them here, and that the path knows of it. */
export class RoomMembers {
  readonly #path: Pick<GatewayPath, 'join' | 'leave'>;
  readonly #rooms = new Map<string, LocalRoom>();

  constructor(path: Pick<GatewayPath, 'join' | 'leave'>) {
    this.#path = path;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** Empty for a room without members here. */
  of(room: string): Iterable<Connection> {
    return this.#rooms.get(room)?.members ?? [];
  }

  /** Settles when every message that is sent from now on reaches the connection. */
  async join(room: string, connection: Connection): Promise<void> {
    let local = this.#rooms.get(room);
    if (local === undefined) {
      local = { members: new Set(), registered: this.#path.join(room) };
      this.#rooms.set(room, local);
    }
    local.members.add(connection);
    connection.rooms.add(room);
    await local.registered;
  }

  /** Forgets the connection in all its rooms. Settles when the path knows. */
  async leaveAll(connection: Connection): Promise<void> {
    const emptied: Promise<void>[] = [];
    for (const room of connection.rooms) {
      const local = this.#rooms.get(room);
      if (local === undefined) continue;
      local.members.delete(connection);
      if (local.members.size > 0) continue;
      this.#rooms.delete(room);
      emptied.push(this.#path.leave(room));
    }
    connection.rooms.clear();
    await Promise.all(emptied);
  }
}
