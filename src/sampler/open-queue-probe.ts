import { openAmqpQueueProbe } from './amqp-queue-probe.ts';
import { openInProcessQueueProbe } from './in-process-queue-probe.ts';
import type { QueueProbe } from './queue-probe.ts';

/** Where the depth of a target's queues can be read. */
export type QueueAccess =
  | {
      readonly kind: 'amqp';
      readonly url: string;
      readonly queues: readonly string[];
      /** HTTP addresses, one per worker, that answer `{"inFlight": number}`. */
      readonly workerStats: readonly string[];
    }
  | { readonly kind: 'in-process'; readonly stats: string };

/** Opens the probe that fits. Rejects where the broker cannot be reached. */
export async function openQueueProbe(access: QueueAccess, gatewayStats: readonly string[] = []): Promise<QueueProbe> {
  return access.kind === 'amqp'
    ? openAmqpQueueProbe({ ...access, gatewayStats })
    : openInProcessQueueProbe(access.stats);
}
