import type { OpenObservation } from './open-observations.ts';
import type { QueueReading } from './queue-reading.ts';
import { observeClusterQueue, type QueueAccess } from './sources/cluster-queue.ts';

/** Short enough that a backlog of a second shows in ten samples. */
export const QUEUE_INTERVAL_US = 100_000;

/** The bundled cluster's own queue: what waits, and what is at its workers. */
export interface ClusterQueue {
  readonly observations: readonly OpenObservation[];
  /** Rejects where what waits cannot be read. */
  read(): Promise<QueueReading>;
  close(): Promise<void>;
}

/** Rejects where the queue cannot be read now, with nothing left open. */
export async function openClusterQueue(
  access: QueueAccess,
  gatewayStats: readonly string[] = [],
): Promise<ClusterQueue> {
  const [ready, unacked] = observeClusterQueue(access, gatewayStats) as [
    OpenObservation['observation'],
    OpenObservation['observation'],
  ];
  const queue: ClusterQueue = {
    observations: [ready, unacked].map((observation) => ({
      observation,
      source: access.kind,
      everyUs: QUEUE_INTERVAL_US,
    })),
    async read() {
      const [waiting, inFlight] = await Promise.all([ready.read(), unacked.read().catch(() => null)]);
      return { ready: waiting, inFlight };
    },
    close: async () => void (await Promise.all([ready.close(), unacked.close()])),
  };
  await queue.read().catch(async (error: unknown) => {
    await queue.close();
    throw error;
  });
  return queue;
}
