export const TOPOLOGIES = ['worker', 'pubsub', 'pattern', 'fanout', 'stomp'] as const;

/** How a message gets from its gateway to those of the recipients; docs/topologies.md describes each. */
export type Topology = (typeof TOPOLOGIES)[number];

export const QUEUE_TYPES = ['classic', 'quorum'] as const;

/** Of RabbitMQ's partition queues. */
export type QueueType = (typeof QUEUE_TYPES)[number];

/** Whether messages pass through a durable queue and workers; else the gateways store them. */
export function hasWorkers(topology: Topology): boolean {
  return topology !== 'pubsub' && topology !== 'pattern';
}
