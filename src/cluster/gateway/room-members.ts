import { EVERYONE, userChannel } from '../ports/channels.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import { usersOfDirectRoom } from '../wire/direct-room.ts';
import type { Connection } from './connection.ts';

interface LocalRoom {
  readonly members: Set<Connection>;
  readonly registered: Promise<void>;
}

/** The rooms and channels of one gateway: who is in them here, and that the path knows of it. */
export class RoomMembers {
  readonly #path: Pick<GatewayPath, 'join' | 'leave'>;
  readonly #everyone: ReadonlySet<Connection>;
  readonly #rooms = new Map<string, LocalRoom>();
  #channels = 0;
  #isTold = true;

  /** @param everyone all connections of this gateway */
  constructor(path: Pick<GatewayPath, 'join' | 'leave'>, everyone: ReadonlySet<Connection> = new Set()) {
    this.#path = path;
    this.#everyone = everyone;
  }

  /** Rooms with members here; channels do not count. */
  get size(): number {
    return this.#rooms.size - this.#channels;
  }

  /** Empty for a room without members here. A direct room has all connections of its users. */
  of(room: string): Iterable<Connection> {
    const local = this.#rooms.get(room);
    if (local !== undefined) return local.members;
    if (room === EVERYONE) return this.#everyone;
    return usersOfDirectRoom(room)?.flatMap((user) => [...this.of(userChannel(user))]) ?? [];
  }

  /** Settles when every message that is sent from now on reaches the connection. */
  async join(room: string, connection: Connection): Promise<void> {
    const local = this.#rooms.get(room) ?? this.#open(room);
    local.members.add(connection);
    connection.rooms.add(room);
    try {
      await local.registered;
    } catch (error) {
      // The next one who joins tries again.
      this.#forget(room, connection);
      throw error;
    }
  }

  /** From now on the path is told of nobody who leaves: the gateway leaves it as a whole. */
  forgetPath(): void {
    this.#isTold = false;
  }

  /** Settles when the path knows. */
  async leave(room: string, connection: Connection): Promise<void> {
    if (this.#forget(room, connection) && this.#isTold) await this.#path.leave(room);
  }

  /** Forgets the connection in all its rooms. Settles when the path knows. */
  async leaveAll(connection: Connection): Promise<void> {
    await Promise.all(Array.from(connection.rooms, (room) => this.leave(room, connection)));
  }

  #open(room: string): LocalRoom {
    const local = { members: new Set<Connection>(), registered: this.#path.join(room) };
    this.#rooms.set(room, local);
    if (room[0] === '@') this.#channels++;
    return local;
  }

  /** True where it was the room's last connection here. */
  #forget(room: string, connection: Connection): boolean {
    connection.rooms.delete(room);
    const local = this.#rooms.get(room);
    if (local === undefined || !local.members.delete(connection) || local.members.size > 0) return false;
    this.#rooms.delete(room);
    if (room[0] === '@') this.#channels--;
    return true;
  }
}
