import { countReason, type MutableConnectionCounts } from '../../record/connection-counts.ts';
import { OwnedTimes } from '../../record/own-share.ts';
import type { ConnectOutcome, Refusal } from '../connection.ts';
import type { LoopStops } from '../watch-loop.ts';
import { type ClientOpening, openClient } from './open-client.ts';
import { type Pace, paceClients } from './pace-clients.ts';
import type { ClientSpread } from './spread-clients.ts';
import type { VirtualClient } from './virtual-client.ts';

/** How one client connects, wherever its spread leads it. */
export interface SpreadOpening extends ClientOpening {
  readonly spread: ClientSpread;
  /** ws:// or wss:// addresses, by endpoint number. */
  readonly endpoints: readonly string[];
}

export interface Connecting extends SpreadOpening, Pace {
  readonly counts: MutableConnectionCounts;
  /** Takes WebSocket open − due time, µs; where absent, one of its own. */
  readonly latency?: OwnedTimes;
  /** What a client does before its attempt; yields why it must not be made. */
  readonly logIn?: (client: VirtualClient) => Promise<Refusal | null>;
  /** The run goes on: these come to it, and how fast all were connected is told of those before. */
  readonly isDuringRun?: true;
  /** Takes WebSocket open − attempt, µs: without the wait for an attempt. */
  readonly service?: OwnedTimes;
  /** Absent: it never stands still. */
  readonly loop?: LoopStops;
  /** An attempt is over, and counted. */
  readonly onOutcome?: (client: VirtualClient) => void;
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
export async function connectClients(clients: readonly VirtualClient[], connecting: Connecting): Promise<OwnedTimes> {
  const { counts, clock, service, loop, latency = new OwnedTimes() } = connecting;
  const startUs = clock.nowUs();
  await paceClients(clients, connecting, async (client, waitedUs) => {
    counts.attempted++;
    // Until it is open the target has left it without a connection.
    client.isTurnedAway = true;
    const stoodStillUs = loop?.stoodStillUs(clock.nowUs() - waitedUs) ?? 0;
    counts.paceLagUs = Math.max(counts.paceLagUs, waitedUs - stoodStillUs);
    const refusal = (await connecting.logIn?.(client)) ?? null;
    const attempt = () =>
      openSpreadClient(client, 0, connecting, (connectUs) => {
        const attemptUs = clock.nowUs() - connectUs;
        service?.record(connectUs, loop?.stoodStillUs(attemptUs) ?? 0);
        latency.record(waitedUs + connectUs, loop?.stoodStillUs(attemptUs - waitedUs) ?? 0);
      });
    const outcome = refusal ?? (await attempt());
    if (outcome.outcome === 'ok') {
      counts.opened++;
      add(counts.perEndpoint, client.identity.endpoint);
      if (connecting.isDuringRun !== true) {
        counts.openingUs = clock.nowUs() - startUs;
        countAt(counts.openedPer100Ms, Math.floor(counts.openingUs / RAMP_STEP_US));
      }
    } else {
      counts.failed++;
      countReason(counts.failures, `${outcome.outcome}: ${outcome.detail}`);
    }
    connecting.onOutcome?.(client);
  });
  return latency;
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
