import type { QueueConsumer, QueuePublisher } from '../ports/message-queue.ts';

/** One entry in so many cannot be processed at once. */
const FAILS_EVERY = 20;

/** Back-off before a retry, ms. */
const BACK_OFF_MS = 100;

/**
 * What cannot be processed is tried again later: published anew, at the tail of its queue, while those behind it go ahead. The
 * acknowledgement of a later entry covers the one that failed.
 */
export function withTailRetry(consumer: QueueConsumer, publisher: QueuePublisher): QueueConsumer {
  let handed = 0;
  return {
    consume: (partition, onDelivery) =>
      consumer.consume(partition, (delivery) => {
        handed++;
        if (handed % FAILS_EVERY !== 0) onDelivery(delivery);
        else setTimeout(() => publisher.publish(partition, delivery.content, () => {}), BACK_OFF_MS);
      }),
    ackThrough: (delivery) => consumer.ackThrough(delivery),
    deadLetter: (content) => consumer.deadLetter(content),
    onInterrupted: (listener) => consumer.onInterrupted(listener),
    leave: (partition) => consumer.leave(partition),
    close: () => consumer.close(),
  };
}
