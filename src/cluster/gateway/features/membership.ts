import { noticeChannel } from '../../ports/channels.ts';
import type { JoinFrame } from '../../wire/client-frame.ts';
import { encodeLeft, encodeNotice } from '../../wire/server-feature-frame.ts';
import { encodeJoined } from '../../wire/server-frame.ts';
import { type Connection, featuresOf, isOpen, ROOMS_PER_CONNECTION } from '../connection.ts';
import type { FeatureContext } from './feature-context.ts';
import type { SessionKeeper } from './session-keeper.ts';

type Joining = Pick<JoinFrame, 'room' | 'notices'>;

/** Joining and leaving rooms, and who hears of it. */
export class Membership {
  readonly #context: Pick<FeatureContext, 'path' | 'members' | 'writer' | 'refusals'>;
  readonly #sessions: SessionKeeper | null;

  /** @param sessions null on a gateway without features */
  constructor(
    context: Pick<FeatureContext, 'path' | 'members' | 'writer' | 'refusals'>,
    sessions: SessionKeeper | null,
  ) {
    this.#context = context;
    this.#sessions = sessions;
  }

  /** Joins, and answers `joined` once every message that is sent from then on reaches the connection. */
  async join(connection: Connection, joining: Joining): Promise<void> {
    const { refusals, writer } = this.#context;
    const { room } = joining;
    if (connection.rooms.size >= ROOMS_PER_CONNECTION && !connection.rooms.has(room)) {
      refusals.refuse(connection, null, 'too-many', `at most ${ROOMS_PER_CONNECTION} rooms for one connection`);
      return;
    }
    const wasMember = connection.rooms.has(room);
    try {
      const session = connection.features?.sessionStarted ?? null;
      // Without a session the connection is a member at once: a message right behind the join must not be refused.
      if (session !== null) await session.then(() => this.#sessions?.noteJoin(connection, joining));
      await this.enter(connection, joining);
    } catch {
      if (!wasMember) await this.#withdraw(connection, room);
      refusals.refuse(connection, null, 'unavailable', `cannot register membership of "${room}" now`);
      return;
    }
    writer.write(connection, encodeJoined(room));
  }

  /** Of a join that is refused nothing stays: neither a member who was told otherwise, nor a room that a later session would join. */
  async #withdraw(connection: Connection, room: string): Promise<void> {
    const { members } = this.#context;
    connection.features?.noticed.delete(room);
    const left = [members.leave(room, connection), members.leave(noticeChannel(room), connection)];
    await Promise.allSettled([...left, this.#sessions?.noteLeave(connection, room)]);
  }

  /** Makes the connection a member without telling it. */
  async enter(connection: Connection, { room, notices }: Joining): Promise<void> {
    const { members, path } = this.#context;
    if (!isOpen(connection)) return;
    await members.join(room, connection);
    if (!notices || !isOpen(connection)) return;
    const { noticed } = featuresOf(connection);
    const isNews = !noticed.has(room);
    noticed.add(room);
    await members.join(noticeChannel(room), connection);
    if (isNews) path.notify(noticeChannel(room), noticeOf(connection, room, 'joined'), connection.key);
  }

  async leave(connection: Connection, room: string): Promise<void> {
    const { members, writer, refusals } = this.#context;
    if (!connection.rooms.has(room)) {
      refusals.refuse(connection, null, 'not-a-member', `expected a join of "${room}" first`);
      return;
    }
    this.#announceLeaving(connection, room);
    connection.features?.followers.get(room)?.stop();
    connection.features?.followers.delete(room);
    try {
      const session = connection.features?.sessionStarted ?? null;
      if (session !== null) await session.then(() => this.#sessions?.noteLeave(connection, room));
      await Promise.all([members.leave(room, connection), members.leave(noticeChannel(room), connection)]);
    } catch {
      // The path knows no better than before: what it still sends here for the room finds nobody.
    }
    writer.write(connection, encodeLeft(room));
  }

  /** The connection is gone. */
  async leaveAll(connection: Connection): Promise<void> {
    for (const room of connection.features?.noticed ?? []) this.#announceLeaving(connection, room);
    await this.#context.members.leaveAll(connection);
  }

  #announceLeaving(connection: Connection, room: string): void {
    if (connection.features?.noticed.delete(room) !== true) return;
    this.#context.path.notify(noticeChannel(room), noticeOf(connection, room, 'left'), connection.key);
  }
}

function noticeOf({ user, device }: Connection, room: string, event: 'joined' | 'left'): string {
  return encodeNotice(room, user, device, event);
}
