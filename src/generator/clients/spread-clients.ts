import type { Clock } from '../../clock.ts';
import { chooseWeighted, type EndpointHealth, scoreHealth } from '../../plan/choose-by-health.ts';
import { chooseSticky } from '../../plan/choose-sticky.ts';
import { placeClients } from '../../plan/place-clients.ts';
import { randomUnit, STREAM } from '../../random.ts';
import type { Spread } from '../../scenario/scenario.ts';

/** Which endpoint each client uses, and how connects to them went in this shard. */
export interface ClientSpread {
  /** Endpoint number of the client's latest connect; before the first, of the one it is to make. */
  endpointOf(client: number): number;
  /**
   * Chooses the endpoint of a client's next connect.
   *
   * @param attempt 0 for the first connect of all. Later ones keep away for a second from an endpoint that has just failed: what
   *   is dealt out by plan stays as planned, and still nobody insists on a gateway that is gone.
   */
  choose(client: number, attempt: number): number;
  opened(endpoint: number, latencyUs: number): void;
  failed(endpoint: number): void;
  /** A connection that had been opened is no more. */
  closed(endpoint: number): void;
}

/** @param endpoints how many there are; `clients` the whole plan's, of which a shard asks for its own */
export function spreadClients(
  spread: Spread,
  clients: number,
  endpoints: number,
  seed: number,
  clock: Clock,
): ClientSpread {
  const all = Array.from({ length: endpoints }, (_, endpoint) => endpoint);
  const current = placeClients(clients, endpoints, seed);
  const live = new Array<number>(endpoints).fill(0);
  const health: Mutable<EndpointHealth>[] = all.map(() => ({ attempts: 0, failures: 0, latencyUs: 0 }));
  const avoidedUntilUs = new Array<number>(endpoints).fill(Number.NEGATIVE_INFINITY);

  const listCandidates = (): readonly number[] => {
    const nowUs = clock.nowUs();
    const answering = all.filter((endpoint) => avoidedUntilUs[endpoint]! <= nowUs);
    return answering.length === 0 ? all : answering;
  };
  const strategies: Readonly<Record<Spread, (client: number, attempt: number) => number>> = {
    'round-robin'(client, attempt) {
      if (attempt === 0) return current[client]!;
      const candidates = listCandidates();
      const next = (current[client]! + 1) % endpoints;
      return candidates.find((endpoint) => endpoint >= next) ?? candidates[0]!;
    },
    'least-connections': () =>
      listCandidates().reduce((least, endpoint) => (live[endpoint]! < live[least]! ? endpoint : least)),
    health: (client, attempt) =>
      chooseWeighted(listCandidates(), health.map(scoreHealth), drawUnit(seed, STREAM.spread, client, attempt)),
    'sticky-hash': (client, attempt) => chooseSticky(client, attempt === 0 ? all : listCandidates()),
  };
  return {
    endpointOf: (client) => current[client]!,
    choose(client, attempt) {
      const endpoint = strategies[spread](client, attempt);
      current[client] = endpoint;
      // From now on, or many connects at once would all find the same one empty.
      live[endpoint]!++;
      return endpoint;
    },
    opened(endpoint, latencyUs) {
      health[endpoint]!.attempts++;
      health[endpoint]!.latencyUs += latencyUs;
    },
    failed(endpoint) {
      live[endpoint]!--;
      health[endpoint]!.attempts++;
      health[endpoint]!.failures++;
      avoidedUntilUs[endpoint] = clock.nowUs() + AVOIDED_US;
    },
    closed(endpoint) {
      live[endpoint]!--;
    },
  };
}

const AVOIDED_US = 1_000_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One draw for each attempt of each client. */
export function drawUnit(seed: number, stream: number, client: number, attempt: number): number {
  return randomUnit(seed, stream, client + attempt * 2 ** 32);
}
