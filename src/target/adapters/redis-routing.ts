import type { Redis } from 'ioredis';
import { type GatewayPresence, LEASE_MS, type RoomRouting } from '../ports/room-routing.ts';
import { JOIN, LEAVE, REMOVE, RENEW } from './redis-routing-scripts.ts';

const NOBODY: readonly string[] = [];
/** Distinct combinations of gateways that are remembered in split form. */
const COMBINATIONS_KEPT = 1_000;

/**
 * Routing entries in Redis, under leases.
 *
 * @param redis   for commands; stays open
 * @param leaseMs how long a silent gateway is believed to be there
 */
export function createRedisRouting(redis: Redis, leaseMs: number = LEASE_MS): RoomRouting {
  const combinations = new Map<string, readonly string[]>();
  const presences = new Set<{ stopRenewing(): void }>();

  function split(held: string): readonly string[] {
    let gateways = combinations.get(held);
    if (gateways === undefined) {
      if (combinations.size >= COMBINATIONS_KEPT) combinations.clear();
      gateways = held.split(',');
      combinations.set(held, gateways);
    }
    return gateways;
  }

  return {
    async enter(gateway) {
      await redis.eval(REMOVE, 0, gateway);
      await redis.eval(RENEW, 0, gateway, leaseMs);
      const presence = holdPresence(redis, gateway, leaseMs);
      presences.add(presence);
      return presence;
    },
    async gatewaysOf(rooms) {
      if (rooms.length === 0) return [];
      const routes = await redis.hmget('chat:routes', ...rooms);
      return routes.map((held) => (held === null ? NOBODY : split(held)));
    },
    async close() {
      for (const presence of presences) presence.stopRenewing();
    },
  };
}

function holdPresence(redis: Redis, gateway: string, leaseMs: number): GatewayPresence & { stopRenewing(): void } {
  const rooms = new Set<string>();
  const renewal = setInterval(() => {
    renew().catch(() => {}); // An unreachable Redis is reported by its connection.
  }, leaseMs / 3).unref();

  async function renew(): Promise<void> {
    const held = await redis.eval(RENEW, 0, gateway, leaseMs);
    // Others took this gateway for dead: it was paused for longer than its lease.
    if (held === 0 && rooms.size > 0) await redis.eval(JOIN, 0, gateway, ...rooms);
  }

  return {
    async join(room) {
      rooms.add(room);
      await redis.eval(JOIN, 0, gateway, room);
    },
    async leave(room) {
      rooms.delete(room);
      await redis.eval(LEAVE, 0, gateway, room);
    },
    async exit() {
      clearInterval(renewal);
      await redis.eval(REMOVE, 0, gateway);
    },
    stopRenewing: () => clearInterval(renewal),
  };
}
