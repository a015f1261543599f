import type { Clock } from '../clock.ts';
import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import { Histogram } from '../record/histogram.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import type { ConnectOutcome, Connector } from './connection.ts';
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
  const ready = awaitReady(opening.readyFrames);
  let joined = false;
  const startUs = clock.nowUs();
  const outcome = await connecting.connector.connect(opening, timeoutUs, {
    onFrame(frame) {
      const kind = joined ? 'other' : protocol.classify(frame);
      if (kind === 'ready') ready.count();
      else if (kind === 'error' && !joined) ready.fail(frame.toString('utf8', 0, 200));
      else connecting.onFrame(client, frame);
    },
    onClose(reason) {
      ready.fail(reason);
      if (!joined) return;
      countDrop();
      connecting.onDropped(client, reason);
    },
  });
  if (outcome.outcome !== 'ok') return outcome;
  latency.record(clock.nowUs() - startUs);
  for (const frame of opening.frames) outcome.connection.sendText(frame);
  const failure = await ready.within(clock, timeoutUs);
  if (failure !== null) {
    outcome.connection.close();
    return { outcome: failure === NO_ANSWER ? 'timeout' : 'protocol', detail: `join: ${failure}` };
  }
  joined = true;
  client.connection = outcome.connection;
  return outcome;
}

const NO_ANSWER = 'no answer';

/** Counts ready frames; `within` yields null once all are in, or why they are not. */
function awaitReady(expected: number) {
  let missing = expected;
  let settle: (failure: string | null) => void = () => {};
  const settled = new Promise<string | null>((resolve) => {
    settle = resolve;
  });
  if (missing === 0) settle(null);
  return {
    count() {
      missing--;
      if (missing === 0) settle(null);
    },
    fail: (reason: string) => settle(reason),
    async within(clock: Clock, timeoutUs: number): Promise<string | null> {
      const cancel = clock.after(timeoutUs, () => settle(NO_ANSWER));
      const failure = await settled;
      cancel();
      return failure;
    },
  };
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
