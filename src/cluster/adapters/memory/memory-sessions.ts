import { randomBytes } from 'node:crypto';
import type { Device } from '../../ports/devices.ts';
import { SESSION_TTL_MS, type Sessions } from '../../ports/devices.ts';

interface Session extends Device {
  readonly rooms: Map<string, boolean>;
  endsAtMs: number;
}

/** Sessions within one process. Those that have ended make room when others are opened. */
export function createMemorySessions(ttlMs = SESSION_TTL_MS, nowMs: () => number = Date.now): Sessions {
  /** In the order of their ends. */
  const sessions = new Map<string, Session>();

  function find(id: string): Session | undefined {
    const session = sessions.get(id);
    return session !== undefined && session.endsAtMs > nowMs() ? session : undefined;
  }

  function keep(id: string): void {
    const session = find(id);
    if (session === undefined) return;
    session.endsAtMs = nowMs() + ttlMs;
    sessions.delete(id);
    sessions.set(id, session);
  }

  return {
    async open({ user, device }) {
      for (const [id, { endsAtMs }] of sessions) {
        if (endsAtMs > nowMs()) break;
        sessions.delete(id);
      }
      const id = randomBytes(16).toString('hex');
      sessions.set(id, { user, device, rooms: new Map(), endsAtMs: nowMs() + ttlMs });
      return id;
    },
    async resume(id, { user, device }) {
      const session = find(id);
      if (session === undefined || session.user !== user || session.device !== device) return null;
      keep(id);
      return Array.from(session.rooms, ([room, notices]) => ({ room, notices }));
    },
    async join(id, { room, notices }) {
      find(id)?.rooms.set(room, notices);
    },
    async leave(id, room) {
      find(id)?.rooms.delete(room);
    },
    async keep(ids) {
      ids.forEach(keep);
    },
  };
}
