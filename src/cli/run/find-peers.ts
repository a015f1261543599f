import { networkInterfaces } from 'node:os';
import type { RunningTarget } from '../../launch/running-target.ts';
import { findTargetProcesses } from '../../sampler/find-target-processes.ts';
import type { ObservationRequest } from '../../sampler/observe/access.ts';
import type { NamedProcess } from '../../sampler/watch-processes.ts';

/**
 * The processes behind a target that chatbench did not start, as far as they are on this machine: whoever serves it, and whoever is at
 * the queues that are observed. Those of a target that it did start are known.
 */
export function findPeers(
  { description, endpoints }: Pick<RunningTarget, 'description' | 'endpoints'>,
  observed: readonly ObservationRequest[],
  find: typeof findTargetProcesses = findTargetProcesses,
): readonly NamedProcess[] {
  if (description.kind !== 'external') return [];
  const queues = observed.flatMap(({ source }) =>
    source.kind === 'amqp' || source.kind === 'redis' ? [source.url] : [],
  );
  const served = endpoints.flatMap(portHere);
  const brokers = queues.flatMap(portHere);
  return served.length + brokers.length === 0 ? [] : find(served, brokers);
}

/** As they are where an address names none. */
const PORTS: Readonly<Record<string, number>> = {
  'ws:': 80,
  'http:': 80,
  'wss:': 443,
  'https:': 443,
  'amqp:': 5672,
  'amqps:': 5671,
  'redis:': 6379,
  'rediss:': 6379,
};

/** The port of an address on this machine; none of one elsewhere. */
function portHere(address: string): readonly number[] {
  if (!URL.canParse(address)) return [];
  const { hostname, port, protocol } = new URL(address);
  const number = port === '' ? PORTS[protocol] : Number(port);
  return number !== undefined && isHere(hostname.replace(/^\[|\]$/g, '')) ? [number] : [];
}

function isHere(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.') || host === '::1') return true;
  return Object.values(networkInterfaces()).some((some) => some?.some(({ address }) => address === host));
}
