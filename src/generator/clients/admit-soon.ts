import type { Clock } from '../../clock.ts';
import type { Ledger } from '../../record/ledger.ts';
import type { VirtualClient } from './virtual-client.ts';

/** The client is in its rooms again, or for the first time: a moment later it is expected to get what is sent there, if it is there still. */
export function admitSoon(client: VirtualClient, clock: Clock, ledger: Ledger): void {
  const { connection } = client;
  if (connection === null) return;
  // A server may be a moment behind its own answer.
  clock.after(ADMIT_US, () => {
    if (client.connection !== connection) return;
    for (const { number } of client.seats) ledger.admit(number);
  });
}

const ADMIT_US = 200_000;
