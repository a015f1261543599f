import type { Ledger } from '../../record/ledger.ts';
import type { ClientSpread } from './spread-clients.ts';
import type { VirtualClient } from './virtual-client.ts';

/**
 * The client closes its connection, and is expected to get nothing until it is back.
 *
 * @param nowUs since run start
 * @returns false: it has no connection to leave
 */
export function leaveRoom(client: VirtualClient, nowUs: number, ledger: Ledger, spread: ClientSpread): boolean {
  const { connection } = client;
  if (connection === null) return false;
  for (const { number } of client.seats) ledger.excuse(number, nowUs);
  client.connection = null;
  client.isTurnedAway = false;
  connection.close();
  spread.closed(spread.endpointOf(client.identity.client));
  return true;
}
