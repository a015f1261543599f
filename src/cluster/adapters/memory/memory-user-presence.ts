import { HEARTBEAT_TTL_MS, type UserPresence } from '../../ports/devices.ts';

/** Presence within one process. */
export function createMemoryUserPresence(ttlMs = HEARTBEAT_TTL_MS, nowMs: () => number = Date.now): UserPresence {
  /** Until when each user's last heartbeat holds, in that order. */
  const onlineUntilMs = new Map<string, number>();
  const isOnline = (user: string): boolean => (onlineUntilMs.get(user) ?? 0) > nowMs();
  return {
    ttlMs,
    async beat({ user }) {
      const cameOnline = !onlineUntilMs.has(user);
      onlineUntilMs.delete(user);
      onlineUntilMs.set(user, nowMs() + ttlMs);
      return cameOnline;
    },
    isOnline: async (user) => isOnline(user),
    async takeExpired() {
      const expired: string[] = [];
      for (const user of onlineUntilMs.keys()) {
        if (isOnline(user)) break;
        onlineUntilMs.delete(user);
        expired.push(user);
      }
      return expired;
    },
  };
}
