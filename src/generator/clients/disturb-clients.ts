import type { Clock } from '../../clock.ts';
import { chooseClients } from '../../plan/choose-clients.ts';
import type { ClientFault, Shard } from '../../plan/run-plan.ts';
import type { MutableConnectionCounts } from '../../record/connection-counts.ts';
import type { ClientSpread } from './spread-clients.ts';
import type { VirtualClient } from './virtual-client.ts';

export interface Disturbing {
  readonly clock: Clock;
  /** Run start on the clock, µs. */
  readonly startAtUs: number;
  readonly counts: MutableConnectionCounts;
  readonly spread: ClientSpread;
  readonly signal: AbortSignal;
  /** Has a client that has just left come back after this time. */
  bringBackAfter(client: VirtualClient, awayUs: number): unknown;
}

/**
 * Brings about the plan's faults of this shard's clients. Some leave: they close their connections themselves, and come back
 * later; one that has no connection at that moment is left alone. Others stop reading, and read on later; what is sent to them
 * waits in their sockets, and then at the server.
 *
 * @returns what ends it: nothing begins any more, and all read on. An abort does so, too
 */
export function disturbClients(
  { plan }: Shard,
  clients: ReadonlyMap<number, VirtualClient>,
  disturbing: Disturbing,
): () => void {
  const { clock, startAtUs, signal } = disturbing;
  const chosen = chooseClients(plan);
  const stalls = new Stalls();
  const cancels: (() => void)[] = [];
  const after = (atUs: number, callback: () => void) => {
    cancels.push(clock.after(Math.max(0, startAtUs + atUs - clock.nowUs()), callback));
  };
  const begin = ({ action, atUs, forUs }: ClientFault, happensTo: readonly VirtualClient[]) => {
    if (action === 'disconnect') {
      for (const client of happensTo) leave(client, forUs, disturbing);
      return;
    }
    for (const client of happensTo) stalls.begin(client);
    after(atUs + forUs, () => {
      for (const client of happensTo) stalls.end(client);
    });
  };
  for (const [i, fault] of plan.clientFaults.entries()) {
    const happensTo = [...clients.values()].filter(({ identity }) => chosen[i]!.has(identity.client));
    if (happensTo.length > 0) after(fault.atUs, () => begin(fault, happensTo));
  }
  const stop = () => {
    for (const cancel of cancels) cancel();
    stalls.endAll();
  };
  signal.addEventListener('abort', stop, { once: true });
  return stop;
}

function leave(client: VirtualClient, awayUs: number, { counts, spread, bringBackAfter }: Disturbing): void {
  const { connection } = client;
  if (connection === null) return;
  client.connection = null;
  client.isTurnedAway = false;
  connection.close();
  counts.left++;
  spread.closed(spread.endpointOf(client.identity.client));
  bringBackAfter(client, awayUs);
}

/** Clients that do not read. Stalls of one client may overlap: it reads on with the end of the last. */
class Stalls {
  readonly #underWay = new Map<VirtualClient, number>();

  begin(client: VirtualClient): void {
    this.#underWay.set(client, (this.#underWay.get(client) ?? 0) + 1);
    client.connection?.pauseReading();
  }

  end(client: VirtualClient): void {
    const others = (this.#underWay.get(client) ?? 0) - 1;
    if (others > 0) {
      this.#underWay.set(client, others);
      return;
    }
    this.#underWay.delete(client);
    client.connection?.resumeReading();
  }

  endAll(): void {
    for (const client of [...this.#underWay.keys()]) {
      this.#underWay.delete(client);
      client.connection?.resumeReading();
    }
  }
}
