import type { Shard } from '../plan/run-plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ShardAssignment } from './shard-messages.ts';

/** What each shard's process is told. */
export function assignShards(
  shards: readonly Shard[],
  scenario: Pick<Scenario, 'protocol' | 'timeouts' | 'spread' | 'reconnect' | 'target'>,
  endpoints: readonly string[],
  precise: boolean,
): readonly ShardAssignment[] {
  return shards.map((shard) => ({
    shard,
    protocol: scenario.protocol,
    endpoints,
    spread: scenario.spread,
    reconnect: scenario.reconnect,
    rateLimit: scenario.target.rateLimit,
    sourceAddress: needsSources(shards, endpoints) ? sourceAddress(shard.index) : null,
    connectTimeoutUs: scenario.timeouts.connectUs,
    deliveryTimeoutUs: scenario.timeouts.deliveryUs,
    connectConcurrency: CONNECT_CONCURRENCY,
    precise,
  }));
}

/** Connects under way at once, per shard: more only wait for each other in the kernel's queue. */
const CONNECT_CONCURRENCY = 200;

/** Ports that a destination leaves to one source address, with room for those still waiting to be free again. */
const PORTS_PER_SOURCE = 20_000;

/** Other machines do not answer to addresses of this one's loopback, and other systems have only one of them. */
function needsSources(shards: readonly Shard[], endpoints: readonly string[]): boolean {
  const clients = shards[0]?.plan.clients ?? 0;
  return clients / endpoints.length > PORTS_PER_SOURCE && shards.length > 1 && endpoints.every(isLoopback);
}

function isLoopback(endpoint: string): boolean {
  return /^127\./.test(new URL(endpoint).hostname) && process.platform === 'linux';
}

/**
 * A loopback address of the shard's own: one source address has some 28,000 ports towards one destination. The third octet
 * differs, since nginx's `ip_hash` takes the first three for the client's network.
 */
function sourceAddress(shard: number): string {
  return `127.0.${1 + (shard % 250)}.1`;
}
