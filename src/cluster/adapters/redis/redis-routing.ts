import type { Redis } from 'ioredis';
import { type GatewayPresence, LEASE_MS, type RoomRouting } from '../../ports/room-routing.ts';
import { JoinBurst } from './join-burst.ts';
import { createRouteSplitter } from './redis-route-splitter.ts';
import { JOIN, LEAVE, REMOVE, RENEW } from './redis-routing-scripts.ts';
import { createScript } from './redis-script.ts';

/**
 * Routing entries in Redis, under leases.
 *
 * @param redis   for commands; stays open
 * @param leaseMs how long a silent gateway is believed to be there
 */
export function createRedisRouting(redis: Redis, leaseMs: number = LEASE_MS): RoomRouting {
  const split = createRouteSplitter();
  const presences = new Set<{ stopRenewing(): void }>();

  return {
    async enter(gateway, onRestored = () => {}) {
      await redis.eval(REMOVE, 0, gateway);
      await loadScripts(redis);
      await redis.eval(RENEW, 0, gateway, leaseMs);
      const presence = holdPresence(redis, gateway, leaseMs, onRestored);
      presences.add(presence);
      return presence;
    },
    async gatewaysOf(rooms) {
      if (rooms.length === 0) return [];
      const routes = await redis.hmget('chat:routes', ...rooms);
      return routes.map(split);
    },
    async close() {
      for (const presence of presences) presence.stopRenewing();
    },
  };
}

function holdPresence(
  redis: Redis,
  gateway: string,
  leaseMs: number,
  onRestored: () => void,
): GatewayPresence & { stopRenewing(): void } {
  const rooms = new Set<string>();
  const [join, leave] = [createScript(redis, JOIN), createScript(redis, LEAVE)];
  const joining = new JoinBurst((burst) => join([], [gateway, ...burst]));
  const renewal = setInterval(() => {
    renew().catch(() => {}); // An unreachable Redis is reported by its connection.
  }, leaseMs / 3).unref();

  async function renew(): Promise<void> {
    const held = await redis.eval(RENEW, 0, gateway, leaseMs);
    // Others took this gateway for dead: it was paused for longer than its lease.
    if (held !== 0 || rooms.size === 0) return;
    // Or Redis was started again, and has forgotten the scripts too.
    const loaded = loadScripts(redis);
    await redis.eval(JOIN, 0, gateway, ...rooms);
    onRestored();
    await loaded;
  }

  return {
    join(room) {
      rooms.add(room);
      return joining.add(room);
    },
    async leave(room) {
      rooms.delete(room);
      joining.flush();
      await leave([], [gateway, room]);
    },
    async exit() {
      clearInterval(renewal);
      joining.flush();
      await redis.eval(REMOVE, 0, gateway);
    },
    stopRenewing: () => clearInterval(renewal),
  };
}

/** Joins and leaves are called by their hashes: of one that is unknown the second try could overtake what was called after it. */
async function loadScripts(redis: Redis): Promise<void> {
  await Promise.all([JOIN, LEAVE].map((text) => redis.script('LOAD', text)));
}
