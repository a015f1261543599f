import { presenceChannel } from '../../ports/channels.ts';
import type { HeartbeatFrame, WatchFrame } from '../../wire/client-feature-frame.ts';
import { encodeAlive, encodePresence } from '../../wire/server-feature-frame.ts';
import { type Connection, ROOMS_PER_CONNECTION } from '../connection.ts';
import type { FeatureContext } from './feature-context.ts';

/** How often users are looked for whose heartbeats have run out, at most, ms. */
const SWEEP_MS = 1_000;

/** Who is there, and who wants to know. */
export class PresenceDesk {
  readonly #context: FeatureContext;
  readonly #sweep: NodeJS.Timeout;

  constructor(context: FeatureContext) {
    this.#context = context;
    const everyMs = Math.min(SWEEP_MS, context.ports.presence.ttlMs / 3);
    this.#sweep = setInterval(() => void this.#tellExpired(), everyMs).unref();
  }

  /** Tells the watchers of who came online, and of every status that was sent along; it is told, not kept. */
  async beat(connection: Connection, { status }: HeartbeatFrame): Promise<void> {
    const { writer, refusals, ports } = this.#context;
    try {
      const cameOnline = await ports.presence.beat(connection);
      if (cameOnline || status !== undefined) this.#tell(connection.user, true, status);
      writer.write(connection, encodeAlive(ports.presence.ttlMs));
    } catch {
      refusals.refuse(connection, null, 'unavailable', 'cannot note the heartbeat now');
    }
  }

  /** Answers with the present state, and with every change from then on. */
  async watch(connection: Connection, { user }: WatchFrame): Promise<void> {
    const { members, writer, refusals, ports } = this.#context;
    const channel = presenceChannel(user);
    if (connection.rooms.size >= ROOMS_PER_CONNECTION && !connection.rooms.has(channel)) {
      refusals.refuse(connection, null, 'too-many', `at most ${ROOMS_PER_CONNECTION} rooms for one connection`);
      return;
    }
    try {
      // Before the state is read, or a change between the two would go unnoticed.
      await members.join(channel, connection);
      writer.write(connection, encodePresence(user, await ports.presence.isOnline(user)));
    } catch {
      refusals.refuse(connection, null, 'unavailable', `cannot watch "${user}" now`);
    }
  }

  async unwatch(connection: Connection, { user }: WatchFrame): Promise<void> {
    await this.#context.members.leave(presenceChannel(user), connection).catch(() => {});
  }

  stop(): void {
    clearInterval(this.#sweep);
  }

  /** Each is told by one gateway; one that dies right then leaves the watchers to their next question. */
  async #tellExpired(): Promise<void> {
    const expired = await this.#context.ports.presence.takeExpired().catch(() => []);
    for (const user of expired) this.#tell(user, false);
  }

  #tell(user: string, online: boolean, status?: string): void {
    this.#context.path.notify(presenceChannel(user), encodePresence(user, online, status), '');
  }
}
