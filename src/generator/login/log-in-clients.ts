import type { Clock } from '../../clock.ts';
import type { Login } from '../../protocol/chat-protocol.ts';
import { countReason, type MutableConnectionCounts } from '../../record/connection-counts.ts';
import { OwnedTimes } from '../../record/own-share.ts';
import { paceClients } from '../clients/pace-clients.ts';
import type { VirtualClient } from '../clients/virtual-client.ts';
import type { Refusal } from '../connection.ts';
import type { LoopStops } from '../watch-loop.ts';
import { logIn } from './log-in.ts';
import type { RequestHttp } from './request-http.ts';

/** Logs clients in, counts and times it. */
export interface Logins {
  /** From the first request of a login to the answer of its last, µs; those that succeeded. */
  readonly latency: OwnedTimes;
  /** All clients, each when its login is due or as soon after as the concurrency allows; yields those that are logged in. */
  logInAll(clients: readonly VirtualClient[], signal: AbortSignal): Promise<readonly VirtualClient[]>;
  /** One that comes back, where the server has told it to log in again; null: it is logged in, or need not be. */
  logInAgain(client: VirtualClient): Promise<Refusal | null>;
}

export function createLogins(
  login: Login | null,
  requestHttp: RequestHttp,
  clock: Clock,
  counts: MutableConnectionCounts,
  loop: LoopStops,
  latency = new OwnedTimes(),
): Logins {
  if (login === null) return { latency, logInAll: async (clients) => clients, logInAgain: async () => null };
  const attempt = async (client: VirtualClient): Promise<Refusal | null> => {
    const startUs = clock.nowUs();
    const refusal = await logIn(client.identity, login, requestHttp);
    client.isLoggedOut = refusal !== null;
    client.forgetTemplates();
    if (refusal === null) {
      counts.logins++;
      latency.record(clock.nowUs() - startUs, loop.stoodStillUs(startUs));
    } else counts.loginsFailed++;
    return refusal;
  };
  /** A client that is not let in is one that could not connect. */
  const countFailed = (client: VirtualClient, { outcome, detail }: Refusal) => {
    counts.attempted++;
    counts.failed++;
    client.isTurnedAway = true;
    countReason(counts.failures, `${outcome}: ${detail}`);
  };
  return {
    latency,
    async logInAll(clients, signal) {
      const { perSecond, concurrency } = login;
      const refused = new Set<VirtualClient>();
      await paceClients(clients, { clock, perSecond, concurrency, signal }, async (client) => {
        const refusal = await attempt(client);
        if (refusal === null) return;
        refused.add(client);
        countFailed(client, refusal);
      });
      return clients.filter((client) => !refused.has(client));
    },
    logInAgain: async (client) => (client.isLoggedOut ? attempt(client) : null),
  };
}

/**
 * Clients that log in by several ways, each by its own, all at the same time.
 *
 * @param wayOf position of a client's
 */
export function combineLogins(
  ways: readonly Logins[],
  latency: OwnedTimes,
  wayOf: (client: VirtualClient) => number,
): Logins {
  return {
    latency,
    async logInAll(clients, signal) {
      const known = await Promise.all(
        ways.map((way, position) =>
          way.logInAll(
            clients.filter((client) => wayOf(client) === position),
            signal,
          ),
        ),
      );
      const all = new Set(known.flat());
      return clients.filter((client) => all.has(client));
    },
    logInAgain: (client) => ways[wayOf(client)]!.logInAgain(client),
  };
}
