import type { Clock } from '../clock.ts';
import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import { Histogram } from '../record/histogram.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import type { ConnectOutcome, Connector } from './connection.ts';
import { NO_ANSWER, OpeningSteps } from './opening-steps.ts';
import type { VirtualClient } from './virtual-client.ts';

export interface Connecting {
  readonly protocol: ChatProtocol;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly timeoutUs: number;
  /** How many attempts may be under way at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  onFrame(client: VirtualClient, frame: Buffer): void;
  onDropped(client: VirtualClient, reason: string): void;
}

/** The outcome of opening all connections; `counts` keeps counting drops until the run is over. */
export interface Connected {
  readonly counts: { -readonly [K in keyof ConnectionCounts]: ConnectionCounts[K] };
  /** WebSocket open − connect start, µs. */
  readonly latency: Histogram;
}

/** Opens every client's connection and joins it to its room. A failure is counted by its reason, never thrown. */
export async function connectClients(clients: readonly VirtualClient[], connecting: Connecting): Promise<Connected> {
  const startUs = connecting.clock.nowUs();
  const failures: Record<string, number> = {};
  const perEndpoint: Record<string, number> = {};
  const counts = { attempted: 0, opened: 0, failed: 0, dropped: 0, openingUs: 0, failures, perEndpoint };
  const latency = new Histogram();
  const queue = clients.values();
  const worker = async () => {
    for (const client of queue) {
      if (connecting.signal.aborted) return;
      counts.attempted++;
      const outcome = await openClient(client, connecting, latency, () => counts.dropped++);
      if (outcome.outcome === 'ok') {
        counts.opened++;
        add(perEndpoint, client.identity.endpoint);
        counts.openingUs = connecting.clock.nowUs() - startUs;
      } else {
        counts.failed++;
        add(failures, `${outcome.outcome}: ${outcome.detail}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(connecting.concurrency, clients.length) }, worker));
  return { counts, latency };
}

async function openClient(
  client: VirtualClient,
  connecting: Connecting,
  latency: Histogram,
  countDrop: () => void,
): Promise<ConnectOutcome> {
  const { protocol, clock, timeoutUs } = connecting;
  const opening = protocol.open(client.identity);
  const steps = new OpeningSteps(opening, protocol);
  let joined = false;
  const startUs = clock.nowUs();
  const outcome = await connecting.connector.connect(opening, timeoutUs, {
    onFrame(frame) {
      if (!joined) {
        if (steps.take(frame)) return;
        if (protocol.classify(frame) === 'error') return steps.fail(frame.toString('utf8', 0, 200));
      }
      connecting.onFrame(client, frame);
    },
    onClose(reason) {
      steps.fail(reason);
      if (!joined) return;
      countDrop();
      connecting.onDropped(client, reason);
    },
  });
  if (outcome.outcome !== 'ok') return outcome;
  latency.record(clock.nowUs() - startUs);
  // Heartbeats and answers belong to a connection from its first moment on; messages wait until all have joined.
  client.connection = outcome.connection;
  steps.begin(outcome.connection);
  const failure = await steps.within(clock, timeoutUs);
  if (failure !== null) {
    outcome.connection.close();
    client.connection = null;
    return { outcome: failure === NO_ANSWER ? 'timeout' : 'protocol', detail: `join: ${failure}` };
  }
  joined = true;
  return outcome;
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
