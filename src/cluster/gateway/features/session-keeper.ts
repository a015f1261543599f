import { SESSION_TTL_MS, type SessionRoom } from '../../ports/devices.ts';
import { encodeSession } from '../../wire/server-feature-frame.ts';
import { type Connection, featuresOf, isOpen } from '../connection.ts';
import type { FeatureContext } from './feature-context.ts';

/** Renewed at a time. */
const CHUNK = 1_000;

/** The sessions of this gateway's connections. */
export class SessionKeeper {
  readonly #context: FeatureContext;
  readonly #kept = new Set<string>();
  readonly #renewal: NodeJS.Timeout;

  constructor(context: FeatureContext) {
    this.#context = context;
    this.#renewal = setInterval(() => void this.#renew(), SESSION_TTL_MS / 3).unref();
  }

  get size(): number {
    return this.#kept.size;
  }

  /**
   * Resumes the session where it is there and the device's own, else opens a new one; tells the client which. Yields the
   * rooms to join again.
   *
   * @param wanted empty: a new one
   */
  async start(connection: Connection, wanted: string): Promise<readonly SessionRoom[]> {
    const { gateway, ports, refusals, writer } = this.#context;
    const { sessions } = ports;
    try {
      const rooms = wanted === '' ? null : await sessions.resume(wanted, connection);
      const id = rooms === null ? await sessions.open(connection) : wanted;
      if (!isOpen(connection)) return [];
      featuresOf(connection).session = id;
      this.#kept.add(id);
      const names = (rooms ?? []).map(({ room }) => room);
      const resumed = rooms !== null;
      writer.write(connection, encodeSession({ id, gateway, resumed, rooms: names, ttlMs: SESSION_TTL_MS }));
      return rooms ?? [];
    } catch {
      refusals.refuse(connection, null, 'unavailable', 'cannot open a session now');
      return [];
    }
  }

  /**
   * Notes a room before it is joined, with the device's cursor at its newest message where it has none: whatever comes after
   * that is what a later connection has missed.
   */
  async noteJoin(connection: Connection, { room, notices }: SessionRoom): Promise<void> {
    const { sessions, cursors, history } = this.#context.ports;
    const [cursor] = await cursors.read(connection, [room]);
    if (cursor === null) {
      const [end] = await history.lastSequences([room]);
      await cursors.advance(connection, new Map([[room, end!]]));
    }
    const session = connection.features?.session;
    if (session != null) await sessions.join(session, { room, notices });
  }

  async noteLeave(connection: Connection, room: string): Promise<void> {
    const session = connection.features?.session;
    if (session != null) await this.#context.ports.sessions.leave(session, room);
  }

  /** The connection is gone: from now on its session has its time to live. */
  async end(connection: Connection): Promise<void> {
    const session = connection.features?.session;
    if (session == null) return;
    this.#kept.delete(session);
    await this.#context.ports.sessions.keep([session]);
  }

  stop(): void {
    clearInterval(this.#renewal);
  }

  async #renew(): Promise<void> {
    const ids = [...this.#kept];
    for (let start = 0; start < ids.length; start += CHUNK) {
      // An unreachable Redis is reported by its connection; the sessions have two more renewals.
      await this.#context.ports.sessions.keep(ids.slice(start, start + CHUNK)).catch(() => {});
    }
  }
}
