import { type Clock, pause } from '../../clock.ts';
import type { VirtualClient } from './virtual-client.ts';

export interface Pace {
  readonly clock: Clock;
  /** Client c is due c / perSecond after the start, in whichever shard it is; null: at once. */
  readonly perSecond: number | null;
  /** When each is due on the clock, µs, in place of a pace; absent: the pace says. */
  readonly dueAtUs?: (client: number) => number;
  /** Clients of this shard whose turn it may be at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/**
 * Gives each client its turn, when it is due or as soon after as the concurrency allows. Once aborted, no further turn comes.
 *
 * @param clients in ascending order of their numbers, which is that of their due times
 * @param take told besides for how long the client was due when its turn came, µs; without a pace nobody is due before
 */
export async function paceClients(
  clients: readonly VirtualClient[],
  { clock, perSecond, dueAtUs, concurrency, signal }: Pace,
  take: (client: VirtualClient, waitedUs: number) => Promise<void>,
): Promise<void> {
  const startUs = clock.nowUs();
  const queue = clients.values();
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const worker = async () => {
    for (const client of queue) {
      const { client: number } = client.identity;
      const atUs = dueAtUs?.(number) ?? startUs + dueUs(number, perSecond);
      const waitUs = atUs - clock.nowUs();
      if (waitUs > 0) await Promise.race([pause(clock, waitUs), aborted]);
      if (signal.aborted) return;
      // A timer may fire late, of which the client knows nothing either.
      await take(client, perSecond === null && dueAtUs === undefined ? 0 : Math.max(0, clock.nowUs() - atUs));
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, clients.length) }, worker));
}

/** When a client is due, µs since the start. The same pace over any number of shards. */
function dueUs(client: number, perSecond: number | null): number {
  return perSecond === null ? 0 : Math.ceil((client * 1e6) / perSecond);
}
