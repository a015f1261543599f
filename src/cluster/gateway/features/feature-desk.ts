import { EVERYONE, userChannel } from '../../ports/channels.ts';
import type { ClientFeatureFrame } from '../../wire/client-feature-frame.ts';
import { type Connection, featuresOf, isOpen } from '../connection.ts';
import { readNoFurtherUntil } from '../read-no-further.ts';
import { Admission } from './admission.ts';
import { DeviceSeats } from './device-seats.ts';
import type { FeatureContext } from './feature-context.ts';
import { Membership } from './membership.ts';
import { Notifications } from './notifications.ts';
import { PresenceDesk } from './presence-desk.ts';
import { RoomSignals } from './room-signals.ts';
import { RoomSync } from './room-sync.ts';
import { SessionKeeper } from './session-keeper.ts';

/** All features of one gateway: where each frame goes, and what each connection's beginning and end mean to them. */
export class FeatureDesk {
  readonly admission: Admission;
  readonly membership: Membership;
  readonly notifications: Notifications;
  readonly seats: DeviceSeats;
  readonly #context: FeatureContext;
  readonly #sessions: SessionKeeper;
  readonly #sync: RoomSync;
  readonly #signals: RoomSignals;
  readonly #presence: PresenceDesk;

  constructor(context: FeatureContext) {
    this.#context = context;
    this.seats = new DeviceSeats(context);
    this.admission = new Admission(context.ports.limiter, context.refusals);
    this.#sessions = new SessionKeeper(context);
    this.membership = new Membership(context, this.#sessions);
    this.notifications = new Notifications(context, this.admission);
    this.#sync = new RoomSync(context, this.membership);
    this.#signals = new RoomSignals(context, this.#sync);
    this.#presence = new PresenceDesk(context);
  }

  /** Current sizes and counts since start, for `/stats`. */
  get gauges(): Readonly<Record<'sessions' | 'replaced', number>> {
    return { sessions: this.#sessions.size, replaced: this.seats.replaced };
  }

  /** Takes part in what concerns everyone. Before the first connection. */
  async open(): Promise<void> {
    await this.#context.path.join(EVERYONE);
  }

  /** @param session the one to resume; empty: a new one; null: none */
  async welcome(connection: Connection, session: string | null): Promise<void> {
    // Direct messages and notifications need no join. One call, and nothing waits for it.
    const registered = this.#context.members.join(userChannel(connection.user), connection).catch(() => {});
    void registered.then(() => isOpen(connection) && this.seats.take(connection));
    if (session === null) return;
    const started = registered.then(() => this.#sessions.start(connection, session));
    // What the client joins meanwhile belongs to the session: it waits for it.
    featuresOf(connection).sessionStarted = started;
    await this.#sync.restore(connection, await started);
  }

  handle(connection: Connection, frame: Exclude<ClientFeatureFrame, { t: 'direct' }>): void {
    switch (frame.t) {
      case 'leave':
        readNoFurtherUntil(this.membership.leave(connection, frame.room), connection);
        break;
      case 'cursor':
        this.#sync.moveCursor(connection, frame);
        break;
      case 'sync':
        readNoFurtherUntil(this.#sync.sync(connection, frame), connection);
        break;
      case 'typing':
        this.#signals.type(connection, frame.room);
        break;
      case 'read':
        this.#signals.read(connection, frame);
        break;
      case 'heartbeat':
        readNoFurtherUntil(this.#presence.beat(connection, frame), connection);
        break;
      case 'watch':
        readNoFurtherUntil(this.#presence.watch(connection, frame), connection);
        break;
      case 'unwatch':
        readNoFurtherUntil(this.#presence.unwatch(connection, frame), connection);
        break;
      case 'subscribe':
        readNoFurtherUntil(this.notifications.subscribe(connection, frame), connection);
        break;
      case 'unsubscribe':
        readNoFurtherUntil(this.notifications.unsubscribe(connection, frame), connection);
        break;
      case 'notify':
        this.notifications.notify(connection, frame);
        break;
    }
  }

  /** See `RoomSync.follow`. */
  follow(connection: Connection, frame: Buffer, isOwn: boolean): boolean | null {
    return this.#sync.follow(connection, frame, isOwn);
  }

  /** A link that broke is whole again: see `FollowedRooms.catchUp`. */
  catchUp(): void {
    this.#sync.catchUp();
  }

  async farewell(connection: Connection): Promise<void> {
    this.#sync.forget(connection);
    await Promise.all([this.membership.leaveAll(connection), this.#sessions.end(connection)]);
  }

  stop(): void {
    this.#sessions.stop();
    this.#presence.stop();
  }
}
