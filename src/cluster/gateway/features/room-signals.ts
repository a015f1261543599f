import { channelsOfRoom } from '../../ports/channels.ts';
import type { ReadFrame } from '../../wire/client-feature-frame.ts';
import { usersOfDirectRoom } from '../../wire/direct-room.ts';
import { encodeReadReceipt, encodeTyping } from '../../wire/server-feature-frame.ts';
import { type Connection, featuresOf } from '../connection.ts';
import type { FeatureContext } from './feature-context.ts';
import type { RoomSync } from './room-sync.ts';

/** Of one connection at most one in this time is passed on, ms; the others are dropped. */
const TYPING_INTERVAL_MS = 500;

/** What the members of a room let each other know besides messages: unstored, and lost where a link is broken. */
export class RoomSignals {
  readonly #context: FeatureContext;
  readonly #sync: RoomSync;

  constructor(context: FeatureContext, sync: RoomSync) {
    this.#context = context;
    this.#sync = sync;
  }

  type(connection: Connection, room: string): void {
    if (!this.#isMember(connection, room)) return;
    const features = featuresOf(connection);
    const nowMs = performance.now();
    if (nowMs - features.typedAtMs < TYPING_INTERVAL_MS) return;
    features.typedAtMs = nowMs;
    this.#tellMembers(connection, room, encodeTyping(room, connection.user));
  }

  /** What is read has also arrived: the device's cursor moves along. */
  read(connection: Connection, { room, seq }: ReadFrame): void {
    if (!this.#isMember(connection, room)) return;
    this.#sync.moveCursor(connection, { room, seq });
    this.#tellMembers(connection, room, encodeReadReceipt(room, connection.user, seq));
  }

  #tellMembers(connection: Connection, room: string, frame: string): void {
    for (const channel of channelsOfRoom(room)) this.#context.path.notify(channel, frame, connection.key);
  }

  #isMember(connection: Connection, room: string): boolean {
    const isMember = usersOfDirectRoom(room)?.includes(connection.user) ?? connection.rooms.has(room);
    if (!isMember) this.#context.refusals.refuse(connection, null, 'not-a-member', `expected a member of "${room}"`);
    return isMember;
  }
}
