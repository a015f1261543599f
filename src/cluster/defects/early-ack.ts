import type { QueueConsumer } from '../ports/message-queue.ts';

/** How long an entry waits in the worker until it is worked off, ms: so long that some wait whenever the worker dies under load. */
const WAITS_MS = 150;

/**
 * Acknowledges each entry as it comes, and puts it on a list to be worked off in a moment. To the queue it is done; what is on
 * the list when the worker dies is nowhere.
 */
export function withEarlyAck(consumer: QueueConsumer): QueueConsumer {
  const list = new Set<NodeJS.Timeout>();
  return {
    consume: (partition, onDelivery) =>
      consumer.consume(partition, (delivery) => {
        consumer.ackThrough(delivery);
        const waiting = setTimeout(() => {
          list.delete(waiting);
          onDelivery(delivery);
        }, WAITS_MS);
        list.add(waiting);
      }),
    ackThrough() {},
    deadLetter: (content) => consumer.deadLetter(content),
    // What is acknowledged does not come again, so that a broken link makes nothing of it void.
    onInterrupted() {},
    leave: (partition) => consumer.leave(partition),
    close() {
      for (const waiting of list) clearTimeout(waiting);
      list.clear();
      return consumer.close();
    },
  };
}
