/**
 * Names that a scenario chooses from, and that results keep: scenario, target and result know them alike, and none of the three may
 * know another. A name that a result can hold stays, so that results stay readable.
 */

/** How a message gets from its sender's gateway to those of the recipients; docs/topologies.md describes each. */
export const TOPOLOGIES = ['worker', 'pubsub', 'pattern', 'fanout', 'stomp'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

/** Whether messages pass through a durable queue and workers; else the gateways store them. */
export function hasWorkers(topology: Topology): boolean {
  return topology !== 'pubsub' && topology !== 'pattern';
}

/** Of RabbitMQ's partition queues. */
export const QUEUE_TYPES = ['classic', 'quorum'] as const;
export type QueueType = (typeof QUEUE_TYPES)[number];

/** How nginx in front of the gateways spreads connections; `none`: there is no nginx. */
export const BALANCES = ['none', 'round-robin', 'ip-hash', 'least-conn', 'random-two'] as const;
export type Balance = (typeof BALANCES)[number];

/** What windows a rate limiter counts in: any stretch of their length, or those of the clock. */
export const RATE_LIMITERS = ['sliding', 'fixed'] as const;

/** What the reference cluster can do wrong on request, each as real chat code does it; docs/defects.md describes them. */
export const DEFECTS = [
  'own-copy',
  'late-subscribe',
  'swallowed-errors',
  'early-ack',
  'tail-retry',
  'no-room-check',
  'fixed-window-edge',
  'slow-hop',
  'leaky-rooms',
] as const;
export type Defect = (typeof DEFECTS)[number];

/** What an audit tries, in this order: what is found first is needed by those that follow, what harms comes last. */
export const AUDIT_ROWS = [
  'capacity',
  'tails',
  'burst',
  'connections',
  'large-room',
  'slow-readers',
  'returning',
  'failures',
] as const;
export type AuditRowId = (typeof AUDIT_ROWS)[number];

/** Grades of an audit, the best first. */
export const GRADES = ['A', 'B', 'C', 'D', 'F'] as const;
export type Grade = (typeof GRADES)[number];

/** How the clients spread themselves over the target's addresses. */
export const SPREADS = ['round-robin', 'least-connections', 'health', 'sticky-hash'] as const;

/** Whom a message goes to. */
export const DELIVERS = ['room', 'direct', 'group', 'everyone', 'presence'] as const;

/** How messages get to the reference cluster. */
export const SEND_WAYS = ['websocket', 'http'] as const;

/** What clients do beside sending messages. */
export const TRAFFIC_KINDS = ['typing', 'receipts', 'history'] as const;
export type TrafficKind = (typeof TRAFFIC_KINDS)[number];

/** What can be broken on purpose. */
export const FAULT_ACTIONS = ['kill', 'restart', 'pause', 'disconnect', 'delay', 'stall'] as const;

/** Connections that can be broken at the broker's end: of Redis' subscribers, all others of Redis, Postgres', RabbitMQ's. */
export const BREAKABLE = ['redis-pubsub', 'redis', 'postgres', 'amqp'] as const;

/** Where something can be observed beside the run. */
export const OBSERVED_SOURCES = ['amqp', 'redis', 'prometheus', 'postgres', 'nats', 'http-json', 'process'] as const;
export type ObservedSource = (typeof OBSERVED_SOURCES)[number];

/** What an observed value counts in. `cores`: CPU time per time, 1 = one core. */
export const OBSERVED_UNITS = ['number', 'perSecond', 'bytes', 'cores'] as const;
export type ObservedUnit = (typeof OBSERVED_UNITS)[number];

/**
 * The series that a process yields besides the CPU of all that go by its name: the CPU of the busiest of them, how much of a core its
 * threads were ready to use and did not get, and the memory and open files of all.
 */
export const PROCESS_PARTS = ['busiest', 'waiting', 'memory', 'files'] as const;

/** The series that a queue yields besides what waits in it, where something tells: messages at consumers, and rates. */
export const QUEUE_PARTS = ['unacked', 'published', 'acknowledged'] as const;

/** What the runs of an experiment differ in. */
export const VARIED = ['rate', 'clients', 'room-size'] as const;

/** How a client of a server of one's own receives. */
export const TRANSPORTS = ['websocket', 'sse', 'long-poll', 'mqtt', 'engine-io'] as const;
export type Transport = (typeof TRANSPORTS)[number];
