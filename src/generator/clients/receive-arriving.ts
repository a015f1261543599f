import type { Arriving } from '../../plan/arriving.ts';
import type { Ledger } from '../../record/ledger.ts';
import { admitSoon } from './admit-soon.ts';
import { type Connecting, connectClients } from './connect-clients.ts';
import type { VirtualClient } from './virtual-client.ts';

export interface Receiving extends Omit<Connecting, 'perSecond' | 'dueAtUs' | 'isDuringRun' | 'onOutcome'> {
  /** Run start on the clock, µs. */
  readonly startAtUs: number;
  readonly ledger: Ledger;
}

/**
 * Connects clients that come during the run, each when the plan has it, and logs them in before. Nobody expects them to get anything until they
 * are there.
 *
 * @param clients in the order of their numbers
 * @returns what ends it: nobody comes any more. An abort does so, too
 */
export function receiveArriving(
  clients: readonly VirtualClient[],
  arriving: Arriving,
  receiving: Receiving,
): () => void {
  const { clock, startAtUs, ledger, signal } = receiving;
  const stop = new AbortController();
  for (const client of clients) {
    for (const { number } of client.seats) ledger.excuse(number, 0);
    client.isLoggedOut = true;
  }
  void connectClients(clients, {
    ...receiving,
    perSecond: null,
    dueAtUs: (client) => startAtUs + arriving.comesAtUs(client),
    isDuringRun: true,
    signal: AbortSignal.any([signal, stop.signal]),
    onOutcome: (client) => admitSoon(client, clock, ledger),
  });
  return () => stop.abort();
}
