import { pause } from '../../clock.ts';
import { countReason, type MutableConnectionCounts } from '../../record/connection-counts.ts';
import { Histogram } from '../../record/histogram.ts';
import type { ConnectOutcome } from '../connection.ts';
import { type ClientOpening, openClient } from './open-client.ts';
import type { ClientSpread } from './spread-clients.ts';
import type { VirtualClient } from './virtual-client.ts';

/** How one client connects, wherever its spread leads it. */
export interface SpreadOpening extends ClientOpening {
  readonly spread: ClientSpread;
  /** ws:// or wss:// addresses, by endpoint number. */
  readonly endpoints: readonly string[];
}

export interface Connecting extends SpreadOpening {
  readonly counts: MutableConnectionCounts;
  /** How many attempts may be under way at once. */
  readonly concurrency: number;
  /** Client c is due c / perSecond after the start, in whichever shard it is; null: at once. */
  readonly perSecond: number | null;
  /** Takes WebSocket open − attempt, µs: without the wait for an attempt. */
  readonly service?: Histogram;
  /** An attempt is over, and counted. */
  readonly onOutcome?: () => void;
  readonly signal: AbortSignal;
}

const RAMP_STEP_US = 100_000;

/**
 * Opens every client's connection and joins it to its room, each when it is due or as soon after as the concurrency allows. A
 * failure is counted by its reason, never thrown.
 *
 * @param clients in ascending order of their numbers, which is that of their due times
 * @returns WebSocket open − due time, µs: a server that stands still makes those wait, too, for whom there is no attempt left. Without a
 *   pace nobody is due before the attempt
 */
export async function connectClients(clients: readonly VirtualClient[], connecting: Connecting): Promise<Histogram> {
  const { counts, clock, perSecond, service, signal } = connecting;
  const startUs = clock.nowUs();
  const latency = new Histogram();
  const queue = clients.values();
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const worker = async () => {
    for (const client of queue) {
      const waitUs = startUs + dueUs(client.identity.client, perSecond) - clock.nowUs();
      if (waitUs > 0) await Promise.race([pause(clock, waitUs), aborted]);
      if (signal.aborted) return;
      counts.attempted++;
      const waitedUs = perSecond === null ? 0 : Math.max(0, -waitUs);
      counts.paceLagUs = Math.max(counts.paceLagUs, waitedUs);
      const outcome = await openSpreadClient(client, 0, connecting, (connectUs) => {
        service?.record(connectUs);
        latency.record(waitedUs + connectUs);
      });
      if (outcome.outcome === 'ok') {
        counts.opened++;
        add(counts.perEndpoint, client.identity.endpoint);
        counts.openingUs = clock.nowUs() - startUs;
        countAt(counts.openedPer100Ms, Math.floor(counts.openingUs / RAMP_STEP_US));
      } else {
        counts.failed++;
        countReason(counts.failures, `${outcome.outcome}: ${outcome.detail}`);
      }
      connecting.onOutcome?.();
    }
  };
  await Promise.all(Array.from({ length: Math.min(connecting.concurrency, clients.length) }, worker));
  return latency;
}

/** When a client's first connect is due, µs since connecting began. The same pace over any number of shards. */
export function dueUs(client: number, perSecond: number | null): number {
  return perSecond === null ? 0 : Math.ceil((client * 1e6) / perSecond);
}

/**
 * One attempt, at the endpoint that the spread chooses.
 *
 * @param attempt 0 for the client's first connect of all
 * @param onOpen told the µs from the attempt to the open WebSocket, besides the spread
 */
export async function openSpreadClient(
  client: VirtualClient,
  attempt: number,
  opening: SpreadOpening,
  onOpen: ((connectUs: number) => void) | null,
): Promise<ConnectOutcome> {
  const { spread, endpoints } = opening;
  const endpoint = spread.choose(client.identity.client, attempt);
  client.moveTo(endpoints[endpoint]!);
  let connectUs = 0;
  const outcome = await openClient(client, opening, (openedUs) => {
    connectUs = openedUs;
    onOpen?.(openedUs);
  });
  if (outcome.outcome === 'ok') spread.opened(endpoint, connectUs);
  else spread.failed(endpoint);
  return outcome;
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** Without holes: what was not counted is zero. */
function countAt(column: number[], index: number): void {
  while (column.length <= index) column.push(0);
  column[index]!++;
}
