import { isIPv4 } from 'node:net';
import type { HostRules } from '../host-rules.ts';
import type { Shard } from '../plan/run-plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { UserTable } from '../user-table.ts';
import type { ShardAssignment } from './shard-messages.ts';

/** What each shard's process is told. */
export function assignShards(
  shards: readonly Shard[],
  scenario: Pick<Scenario, 'protocol' | 'groups' | 'timeouts' | 'spread' | 'reconnect' | 'target'>,
  endpoints: readonly string[],
  hosts: HostRules,
  precise: boolean,
  users: UserTable | null = null,
  traces = 0,
  isTraced = false,
): readonly ShardAssignment[] {
  const hasSources = needsSources(shards, endpoints, hosts);
  return shards.map((shard) => ({
    shard,
    protocol: scenario.protocol,
    ...ownProtocols(scenario),
    endpoints,
    hosts,
    spread: scenario.spread,
    reconnect: scenario.reconnect,
    rateLimit: scenario.target.rateLimit,
    users,
    sourceAddress: hasSources ? sourceAddress(shard.index) : null,
    connectTimeoutUs: scenario.timeouts.connectUs,
    deliveryTimeoutUs: scenario.timeouts.deliveryUs,
    connectConcurrency: CONNECT_CONCURRENCY,
    precise,
    traces,
    isTraced,
  }));
}

function ownProtocols({ groups = [] }: Pick<Scenario, 'groups'>): Pick<ShardAssignment, 'groupProtocols'> {
  const groupProtocols = groups.map(({ protocol = null }) => protocol);
  return groupProtocols.every((own) => own === null) ? {} : { groupProtocols };
}

/** Connects under way at once, per shard: more only wait for each other in the kernel's queue. */
const CONNECT_CONCURRENCY = 200;

/** Ports that a destination leaves to one source address, with room for those still waiting to be free again. */
const PORTS_PER_SOURCE = 20_000;

/** Other machines do not answer to addresses of this one's loopback, and other systems have only one of them. */
function needsSources(shards: readonly Shard[], endpoints: readonly string[], hosts: HostRules): boolean {
  const clients = shards[0]?.plan.clients ?? 0;
  const isCrowded = clients / endpoints.length > PORTS_PER_SOURCE && shards.length > 1;
  if (!isCrowded || process.platform !== 'linux') return false;
  return endpoints.every((endpoint) => isLoopback(new URL(endpoint).hostname, hosts));
}

/**
 * Whether a socket of an IPv4 source reaches it, which tries no more than the address whose turn it is, of the family that comes
 * first: not where `localhost` is ::1 before anything else.
 */
function isLoopback(host: string, { addresses }: HostRules): boolean {
  const [first = host, ...others] = addresses[host] ?? [];
  return [first, ...others.filter(isIPv4)].every((address) => /^127\.\d+\.\d+\.\d+$/.test(address));
}

/**
 * A loopback address of the shard's own: one source address has some 28,000 ports towards one destination. The third octet
 * differs, since nginx's `ip_hash` takes the first three for the client's network.
 */
function sourceAddress(shard: number): string {
  return `127.0.${1 + (shard % 250)}.1`;
}
