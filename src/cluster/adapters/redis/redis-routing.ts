import type { Redis } from 'ioredis';
import { type GatewayPresence, LEASE_MS, type RoomRouting } from '../../ports/room-routing.ts';
import { createRouteSplitter } from './redis-route-splitter.ts';
import {
  BE_WHOLE,
  END,
  JOIN,
  LEAVE,
  REGISTER,
  REMOVE_SOME,
  RENEW,
  ROUTES,
  routingKeysOf,
} from './redis-routing-scripts.ts';
import { createScript } from './redis-script.ts';
import { RoomBurst } from './room-burst.ts';

export interface RedisRoutingOptions {
  /** How long a silent gateway is believed to be there, ms; default `LEASE_MS`. */
  readonly leaseMs?: number;
  /** Settles when this gateway hears what is published to it; asked before it counts as there again. Default: at once. */
  readonly hears?: () => Promise<unknown>;
}

/** A lease is renewed so often, ms, or three times within its life: a Redis that has lost everything says nothing of it. */
const RENEW_EVERY_MS = 500;

/** Most rooms of one call: whoever executes it does nothing else meanwhile. */
const CHUNK = 500;

/** Routing entries in Redis, under leases. `redis` is for commands, and stays open. */
export function createRedisRouting(redis: Redis, options: RedisRoutingOptions = {}): RoomRouting {
  const { leaseMs = LEASE_MS, hears = async () => {} } = options;
  const split = createRouteSplitter();
  const presences = new Set<Presence>();

  return {
    async enter(gateway, onRestored = () => {}) {
      await run(redis, END, gateway);
      await takeOut(redis, gateway);
      const presence = new Presence(redis, { gateway, leaseMs, hears, onRestored });
      await presence.enter();
      presences.add(presence);
      return presence;
    },
    async gatewaysOf(rooms) {
      if (rooms.length === 0) return [];
      const routes = await redis.hmget(ROUTES, ...rooms);
      return routes.map(split);
    },
    async close() {
      for (const presence of presences) presence.stopRenewing();
    },
  };
}

interface PresenceOptions extends Required<RedisRoutingOptions> {
  readonly gateway: string;
  readonly onRestored: () => void;
}

class Presence implements GatewayPresence {
  readonly #redis: Redis;
  readonly #options: PresenceOptions;
  readonly #rooms = new Set<string>();
  readonly #joining: RoomBurst;
  readonly #leaving: RoomBurst;
  readonly #register: (rooms: readonly string[]) => Promise<unknown>;
  readonly #renewal: NodeJS.Timeout;
  readonly #onReady = (): void => this.#renewSoon();
  #isRegistered = true;
  #isRenewing = false;

  constructor(redis: Redis, options: PresenceOptions) {
    const [join, leave, register] = [JOIN, LEAVE, REGISTER].map((text) => createScript(redis, text));
    const { gateway, leaseMs } = options;
    const keys = routingKeysOf(gateway);
    this.#redis = redis;
    this.#options = options;
    this.#register = (rooms) => register!(keys, [gateway, ...rooms]);
    this.#joining = new RoomBurst((rooms) => join!(keys, [gateway, ...rooms]));
    this.#leaving = new RoomBurst((rooms) => leave!(keys, [gateway, ...rooms]));
    this.#renewal = setInterval(() => this.#renewSoon(), Math.min(RENEW_EVERY_MS, leaseMs / 3)).unref();
  }

  get isRegistered(): boolean {
    return this.#isRegistered;
  }

  async enter(): Promise<void> {
    await loadScripts(this.#redis);
    await run(this.#redis, RENEW, this.#options.gateway, this.#options.leaseMs);
    await run(this.#redis, BE_WHOLE, this.#options.gateway);
    // A Redis that is back has been started again, as likely as not.
    this.#redis.on('ready', this.#onReady);
  }

  async join(room: string): Promise<void> {
    this.#rooms.add(room);
    this.#leaving.flush();
    try {
      await this.#joining.add(room);
    } catch (error) {
      this.#rooms.delete(room);
      throw error;
    }
  }

  leave(room: string): Promise<void> {
    this.#rooms.delete(room);
    this.#joining.flush();
    return this.#leaving.add(room);
  }

  async exit(): Promise<void> {
    this.stopRenewing();
    this.#joining.flush();
    this.#leaving.flush();
    await run(this.#redis, END, this.#options.gateway);
    await takeOut(this.#redis, this.#options.gateway);
  }

  stopRenewing(): void {
    clearInterval(this.#renewal);
    this.#redis.off('ready', this.#onReady);
  }

  /** One at a time: while Redis is away, it waits for that, and is the first that is answered then. */
  #renewSoon(): void {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    this.#renew()
      // An unreachable Redis is reported by its connection; the next renewal goes on.
      .catch(() => {})
      .finally(() => {
        this.#isRenewing = false;
      });
  }

  async #renew(): Promise<void> {
    const { gateway, leaseMs } = this.#options;
    const [held, ...ended] = (await run(this.#redis, RENEW, gateway, leaseMs)) as [number, ...string[]];
    // Others took this gateway for dead, since it was paused for longer than its lease; or Redis has lost everything.
    if (held === 0) this.#isRegistered = false;
    if (!this.#isRegistered) await this.#registerAll();
    for (const other of ended) await takeOut(this.#redis, other);
  }

  /** Whatever is joined or left meanwhile takes effect in the order of the calls. What fails begins anew with the next renewal. */
  async #registerAll(): Promise<void> {
    await loadScripts(this.#redis);
    let chunk: string[] = [];
    for (const room of this.#rooms) {
      if (chunk.push(room) < CHUNK) continue;
      const full = chunk;
      chunk = [];
      await this.#register(full);
    }
    if (chunk.length > 0) await this.#register(chunk);
    await this.#options.hears();
    if ((await run(this.#redis, BE_WHOLE, this.#options.gateway)) === 0) return;
    this.#isRegistered = true;
    this.#options.onRestored();
  }
}

/** Of the gateway, which is the script's first argument. */
function run(redis: Redis, script: string, gateway: string, ...args: readonly number[]): Promise<unknown> {
  const keys = routingKeysOf(gateway);
  return redis.eval(script, keys.length, ...keys, gateway, ...args);
}

/** Some rooms at a time, for as long as the gateway does not come back. */
async function takeOut(redis: Redis, gateway: string): Promise<void> {
  while ((await run(redis, REMOVE_SOME, gateway, CHUNK)) === 1);
}

/** Joins and leaves are called by their hashes: of one that is unknown the second try could overtake what was called after it. */
async function loadScripts(redis: Redis): Promise<void> {
  await Promise.all([JOIN, LEAVE, REGISTER].map((text) => redis.script('LOAD', text)));
}
