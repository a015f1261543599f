import type { Shard } from '../plan/run-plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ShardAssignment } from './shard-messages.ts';

/** What each shard's process is told. */
export function assignShards(
  shards: readonly Shard[],
  scenario: Pick<Scenario, 'protocol' | 'timeouts'>,
  endpoints: readonly string[],
  precise: boolean,
): readonly ShardAssignment[] {
  return shards.map((shard) => ({
    shard,
    protocol: scenario.protocol,
    endpoints,
    localAddresses: shards.length > 1 && endpoints.every(isLoopback) ? [sourceAddress(shard.index)] : [],
    connectTimeoutUs: scenario.timeouts.connectUs,
    deliveryTimeoutUs: scenario.timeouts.deliveryUs,
    connectConcurrency: CONNECT_CONCURRENCY,
    precise,
  }));
}

/** Connects under way at once, per shard: more only wait for each other in the kernel's queue. */
const CONNECT_CONCURRENCY = 200;

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
