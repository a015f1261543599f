import type { Defect } from '../../choices.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import type { RateLimit } from '../ports/rate-limiter.ts';
import type { WorkerPorts } from '../worker/batch-loop.ts';
import { withEarlyAck } from './early-ack.ts';
import { withLateSubscribe } from './late-subscribe.ts';
import { withLeakyRooms } from './leaky-rooms.ts';
import { withoutRoomCheck } from './no-room-check.ts';
import { withOwnCopy } from './own-copy.ts';
import { withSlowHop } from './slow-hop.ts';
import { withSwallowedErrors } from './swallowed-errors.ts';
import { withTailRetry } from './tail-retry.ts';

const OF_PATHS: Partial<Record<Defect, (path: GatewayPath) => GatewayPath>> = {
  'own-copy': withOwnCopy,
  'late-subscribe': withLateSubscribe,
  'swallowed-errors': withSwallowedErrors,
  'no-room-check': withoutRoomCheck,
  'leaky-rooms': withLeakyRooms,
};

/** The path with the defect; the path itself where it is not one of paths, or there is none. */
export function plantInPath(defect: Defect | null, path: GatewayPath): GatewayPath {
  const plant = defect === null ? undefined : OF_PATHS[defect];
  return plant === undefined ? path : plant(path);
}

/**
 * Likewise what a worker works with.
 *
 * @param openPublisher to the queue that it consumes; called where the defect needs one
 */
export async function plantInWorker(
  defect: Defect | null,
  ports: WorkerPorts,
  openPublisher: () => QueuePublisher | Promise<QueuePublisher>,
): Promise<WorkerPorts> {
  if (defect === 'early-ack') return { ...ports, consumer: withEarlyAck(ports.consumer) };
  if (defect === 'tail-retry') return { ...ports, consumer: withTailRetry(ports.consumer, await openPublisher()) };
  if (defect === 'slow-hop') return { ...ports, routing: withSlowHop(ports.routing) };
  return ports;
}

/** `fixed-window-edge`: counts in fixed windows what was promised for any stretch of that length. */
export function plantInRateLimit<Limit extends RateLimit | null | undefined>(
  defect: Defect | null,
  limit: Limit,
): Limit {
  return defect === 'fixed-window-edge' && limit ? { ...limit, kind: 'fixed' } : limit;
}
