import type { SessionRoom } from '../../ports/devices.ts';
import type { CursorFrame, SyncFrame } from '../../wire/client-feature-frame.ts';
import { usersOfDirectRoom } from '../../wire/direct-room.ts';
import { encodeSynced } from '../../wire/server-feature-frame.ts';
import { type Connection, featuresOf, isOpen, ROOMS_PER_CONNECTION } from '../connection.ts';
import type { FeatureContext } from './feature-context.ts';
import { FollowedRooms } from './followed-rooms.ts';
import type { Membership } from './membership.ts';
import { readMessagePosition } from './read-message-position.ts';
import { RoomFollower } from './room-follower.ts';

/** Rooms of one resumed session that are synchronised at a time. */
const AT_A_TIME = 4;

/** Cursors of devices, and what came since them. */
export class RoomSync {
  readonly #context: FeatureContext;
  readonly #membership: Membership;
  readonly #followed: FollowedRooms;

  constructor(context: FeatureContext, membership: Membership) {
    this.#context = context;
    this.#membership = membership;
    this.#followed = new FollowedRooms(context.ports.history);
  }

  /** Makes the connection a member; sends what came after the position, then `synced`, then what comes, without a gap. */
  async sync(connection: Connection, { room, after }: SyncFrame, notices = false): Promise<void> {
    const { refusals, writer } = this.#context;
    if (!mayFollow(connection, room)) {
      refusals.refuse(connection, null, 'forbidden', `"${room}" is a direct room of others`);
      return;
    }
    const { followers } = featuresOf(connection);
    if (followers.size >= ROOMS_PER_CONNECTION && !followers.has(room)) {
      refusals.refuse(connection, null, 'too-many', `at most ${ROOMS_PER_CONNECTION} rooms for one connection`);
      return;
    }
    try {
      const from = after ?? (await this.#readCursor(connection, room));
      const follower = new RoomFollower(room, connection, from, {
        history: this.#context.ports.history,
        writer,
        onGap: () =>
          refusals.refuse(
            connection,
            null,
            'unavailable',
            `messages of "${room}" may be missing: its history cannot be read now`,
          ),
      });
      this.#drop(connection, room);
      followers.set(room, follower);
      this.#followed.add(follower);
      // Before the history is read, or what comes between the two would be in neither.
      if (usersOfDirectRoom(room) === null) await this.#membership.enter(connection, { room, notices });
      await follower.catchUp();
      writer.write(connection, encodeSynced(room, follower.after));
    } catch {
      this.#drop(connection, room);
      refusals.refuse(connection, null, 'unavailable', `cannot read the history of "${room}" now`);
    }
  }

  /** Joins the rooms of a resumed session again, each from the device's cursor on. */
  async restore(connection: Connection, rooms: readonly SessionRoom[]): Promise<void> {
    const waiting = [...rooms];
    const restoreSome = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined && isOpen(connection); next = waiting.shift()) {
        await this.sync(connection, { t: 'sync', room: next.room, after: null }, next.notices);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, restoreSome));
  }

  /** Keeps the cursor. While one write is under way further ones gather: the newest of each room is written next. */
  moveCursor(connection: Connection, { room, seq }: Pick<CursorFrame, 'room' | 'seq'>): void {
    const features = featuresOf(connection);
    if (features.movedCursors !== null) {
      const { movedCursors } = features;
      if (movedCursors.size < ROOMS_PER_CONNECTION || movedCursors.has(room)) {
        movedCursors.set(room, Math.max(seq, movedCursors.get(room) ?? 0));
      }
      return;
    }
    features.movedCursors = new Map();
    void this.#writeCursors(connection, new Map([[room, seq]]));
  }

  /** Passes a delivered frame to the follower of its room; null where the connection follows none of that name. */
  follow(connection: Connection, frame: Buffer, isOwn: boolean): boolean | null {
    const followers = connection.features?.followers;
    if (followers === undefined || followers.size === 0) return null;
    const position = readMessagePosition(frame);
    const follower = position === null ? undefined : followers.get(position.room);
    return follower === undefined ? null : follower.offer(position!.seq, isOwn ? null : frame);
  }

  /** The connection is gone. */
  forget(connection: Connection): void {
    for (const room of connection.features?.followers.keys() ?? []) this.#drop(connection, room);
  }

  /** See `FollowedRooms.catchUp`. */
  catchUp(): void {
    this.#followed.catchUp();
  }

  #drop(connection: Connection, room: string): void {
    const { followers } = featuresOf(connection);
    const follower = followers.get(room);
    if (follower === undefined) return;
    follower.stop();
    followers.delete(room);
    this.#followed.delete(follower);
  }

  /** Where the device has no cursor it has everything so far. */
  async #readCursor(connection: Connection, room: string): Promise<number> {
    const { cursors, history } = this.#context.ports;
    const [cursor] = await cursors.read(connection, [room]);
    return cursor ?? (await history.lastSequence(room));
  }

  async #writeCursors(connection: Connection, positions: ReadonlyMap<string, number>): Promise<void> {
    const { cursors } = this.#context.ports;
    const features = featuresOf(connection);
    let moved = positions;
    while (moved.size > 0) {
      await cursors.advance(connection, moved).catch(() => {
        this.#context.refusals.refuse(connection, null, 'unavailable', 'cannot keep cursors now');
      });
      moved = features.movedCursors ?? new Map();
      features.movedCursors = new Map();
    }
    features.movedCursors = null;
  }
}

/** A direct room is its users'; any other is open to everybody. */
export function mayFollow({ user }: { readonly user: string }, room: string): boolean {
  return usersOfDirectRoom(room)?.includes(user) ?? true;
}
