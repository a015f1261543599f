import { setTimeout as wait } from 'node:timers/promises';
import type { SessionRoom } from '../../ports/devices.ts';
import type { CursorFrame, SyncFrame } from '../../wire/client-feature-frame.ts';
import { usersOfDirectRoom } from '../../wire/direct-room.ts';
import { encodeSynced } from '../../wire/server-feature-frame.ts';
import { type Connection, featuresOf, isOpen, ROOMS_PER_CONNECTION } from '../connection.ts';
import type { FeatureContext } from './feature-context.ts';
import { FollowedRooms } from './followed-rooms.ts';
import type { Membership } from './membership.ts';
import { readMessagePosition } from './read-message-position.ts';
import { RoomEnds } from './room-ends.ts';
import { CONFIRM_AFTER_MS, RoomFollower } from './room-follower.ts';

/** Rooms of one resumed session whose histories are read at a time. */
const AT_A_TIME = 4;

/** Cursors of devices, and what came since them. */
export class RoomSync {
  readonly #context: FeatureContext;
  readonly #membership: Membership;
  readonly #followed: FollowedRooms;
  readonly #ends: RoomEnds;

  constructor(context: FeatureContext, membership: Membership) {
    this.#context = context;
    this.#membership = membership;
    this.#followed = new FollowedRooms(context.ports.history);
    this.#ends = new RoomEnds(context.ports.history, (room) => context.path.lastSeen?.(room) ?? 0);
  }

  /** Makes the connection a member; sends what came after the position, then `synced`, then what comes, without a gap. */
  async sync(connection: Connection, { room, after }: SyncFrame): Promise<void> {
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
      const from = after === null ? await this.#readCursor(connection, room) : await this.#clamp(room, after);
      const follower = this.#follow(connection, room, from);
      // Before the history is read, or what comes between the two would be in neither.
      if (usersOfDirectRoom(room) === null) await this.#membership.enter(connection, { room, notices: false });
      await follower.catchUp();
      writer.write(connection, encodeSynced(room, follower.after));
    } catch {
      this.#refuseHistory(connection, room);
    }
  }

  /**
   * Joins the rooms of a resumed session again, each from the device's cursor on: all of them in one burst, and where they end is one
   * question. A history is read only of rooms in which something was said meanwhile.
   */
  async restore(connection: Connection, rooms: readonly SessionRoom[]): Promise<void> {
    const joining = rooms.filter(({ room }) => mayFollow(connection, room)).slice(0, ROOMS_PER_CONNECTION);
    if (joining.length === 0) return;
    try {
      const positions = await this.#readCursors(
        connection,
        joining.map(({ room }) => room),
      );
      if (!isOpen(connection)) return;
      const followers = joining.map(({ room }, i) => this.#follow(connection, room, positions[i]!));
      await Promise.all(joining.map((room) => this.#enter(connection, room)));
      const quiet = await this.#listQuiet(followers);
      for (const follower of quiet) this.#goOn(connection, follower);
      const waiting = followers.filter((follower) => !quiet.has(follower));
      const restoreSome = async (): Promise<void> => {
        for (let next = waiting.pop(); next !== undefined && isOpen(connection); next = waiting.pop()) {
          await this.#catchUp(connection, next);
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, restoreSome));
      void this.#confirm(quiet);
    } catch {
      for (const { room } of joining) this.#refuseHistory(connection, room);
    }
  }

  async #enter(connection: Connection, { room, notices }: SessionRoom): Promise<void> {
    if (usersOfDirectRoom(room) === null) await this.#membership.enter(connection, { room, notices });
  }

  /** Those whose rooms end where they are. */
  async #listQuiet(followers: readonly RoomFollower[]): Promise<ReadonlySet<RoomFollower>> {
    const ends = await this.#context.ports.history.lastSequences(followers.map(({ room }) => room));
    return new Set(followers.filter(({ after }, i) => ends[i]! <= after));
  }

  /** What was sent before they were members, and stored after the question where their rooms end, is found by a second one. */
  async #confirm(followers: ReadonlySet<RoomFollower>): Promise<void> {
    await wait(CONFIRM_AFTER_MS, undefined, { ref: false });
    const here = [...followers].filter(({ isStopped }) => !isStopped);
    // Where it cannot be asked they read for themselves, and tell their clients what comes of it.
    const quiet = await this.#listQuiet(here).catch(() => new Set<RoomFollower>());
    for (const follower of here) if (!quiet.has(follower)) await follower.fillUp();
  }

  #goOn(connection: Connection, follower: RoomFollower): void {
    if (follower.isStopped) return;
    follower.beginQuiet();
    this.#context.writer.write(connection, encodeSynced(follower.room, follower.after));
  }

  async #catchUp(connection: Connection, follower: RoomFollower): Promise<void> {
    if (follower.isStopped) return;
    try {
      await follower.catchUp();
      this.#context.writer.write(connection, encodeSynced(follower.room, follower.after));
    } catch {
      this.#refuseHistory(connection, follower.room);
    }
  }

  #follow(connection: Connection, room: string, after: number): RoomFollower {
    const { ports, writer, refusals } = this.#context;
    const text = `messages of "${room}" may be missing: its history cannot be read now`;
    const onGap = (): void => refusals.refuse(connection, null, 'unavailable', text);
    const follower = new RoomFollower(room, connection, after, { history: ports.history, writer, onGap });
    this.#drop(connection, room);
    featuresOf(connection).followers.set(room, follower);
    this.#followed.add(follower);
    return follower;
  }

  #refuseHistory(connection: Connection, room: string): void {
    this.#drop(connection, room);
    const text = `cannot read the history of "${room}" now`;
    this.#context.refusals.refuse(connection, null, 'unavailable', text);
  }

  /**
   * Keeps the cursor, within its room. While one write is under way further ones gather: the newest of each room is written next.
   */
  moveCursor(connection: Connection, { room, seq }: Pick<CursorFrame, 'room' | 'seq'>): void {
    if (!mayFollow(connection, room)) {
      this.#context.refusals.refuse(connection, null, 'forbidden', `"${room}" is a direct room of others`);
      return;
    }
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
    const [position] = await this.#readCursors(connection, [room]);
    return position!;
  }

  async #readCursors(connection: Connection, rooms: readonly string[]): Promise<readonly number[]> {
    const { cursors, history } = this.#context.ports;
    const held = await cursors.read(connection, rooms);
    const without = rooms.filter((_, i) => held[i] === null);
    const ends = without.length === 0 ? [] : await history.lastSequences(without);
    const endOf = new Map(without.map((room, i) => [room, ends[i]!]));
    return rooms.map((room, i) => held[i] ?? endOf.get(room)!);
  }

  /** Where the history cannot be read now, the reading that follows says so. */
  async #clamp(room: string, after: number): Promise<number> {
    const clamped = await this.#ends.clamp(new Map([[room, after]])).catch(() => null);
    return clamped?.get(room) ?? after;
  }

  async #writeCursors(connection: Connection, positions: ReadonlyMap<string, number>): Promise<void> {
    const { cursors } = this.#context.ports;
    const features = featuresOf(connection);
    let moved = positions;
    while (moved.size > 0) {
      const here = this.#ends.clamp(moved).then((clamped) => cursors.advance(connection, clamped));
      await here.catch(() => {
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
