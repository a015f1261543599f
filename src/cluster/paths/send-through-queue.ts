import { monotonicUs } from '../../clock.ts';
import { encodeChatMessage } from '../ports/chat-message.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { encodeStamp } from '../wire/hop-stamps.ts';
import { createGatherSchedule } from './gather-schedule.ts';
import { OUTBOX_LIMITS, Outbox, type OutboxLimits } from './outbox.ts';
import { partitionOf } from './partition-of.ts';

export interface QueueSending {
  readonly partitions: number;
  readonly outboxLimits?: OutboxLimits;
  /** Take stamps, see `encodeStamp`. Default true. */
  readonly hops?: boolean | undefined;
}

/** The sending half of every topology with workers: through the room's partition of the queue, accepted once it has confirmed. */
export function sendThroughQueue(
  publisher: QueuePublisher,
  { partitions, outboxLimits = OUTBOX_LIMITS, hops = true }: QueueSending,
): Pick<GatewayPath, 'send' | 'drained' | 'gauges'> {
  const takeStamp = hops ? () => encodeStamp(monotonicUs()) : () => '';
  const schedule = createGatherSchedule(partitions);
  const outbox = new Outbox(publisher, { limits: outboxLimits, schedule, stamp: takeStamp });
  return {
    send(message, accepted) {
      const partition = partitionOf(message.room, partitions);
      return outbox.add(partition, encodeChatMessage(message), accepted);
    },
    drained: () => outbox.drained(),
    gauges: () => ({ outbox: outbox.size, ...outbox.counters }),
  };
}
