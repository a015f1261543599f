import { z } from 'zod';
import {
  BALANCES,
  DEFECTS,
  FAULT_ACTIONS,
  QUEUE_TYPES,
  RATE_LIMITERS,
  SPREADS,
  TOPOLOGIES,
  TRAFFIC_KINDS,
  VARIED,
} from '../choices.ts';
import { protocol } from './protocol-schema.ts';

const count = z.number().int().nonnegative();
const timeUs = z.number().int();
const encodedHistogram = z.string();

const stage = z.strictObject({
  fromPerSecond: z.number(),
  toPerSecond: z.number(),
  durationUs: count,
  name: z.string().optional(),
});

const fault = z.strictObject({
  atUs: count,
  action: z.enum(FAULT_ACTIONS),
  on: z.string(),
  forUs: count.nullable(),
  share: z.number().nullable(),
  delayUs: count.nullable(),
});

const varied = z.enum(VARIED);
const search = z.strictObject({ varied, from: z.number(), to: z.number(), precision: z.number() });

const experiment = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('capacity'), search }),
  z.strictObject({ kind: z.literal('curve'), search, shares: z.array(z.number()) }),
  z.strictObject({ kind: z.literal('sweep'), varied, values: z.array(z.number()) }),
]);

const scenario = z.strictObject({
  name: z.string(),
  question: z.string(),
  protocol,
  population: z.strictObject({
    clients: count,
    roomClasses: z.array(z.strictObject({ size: count, count })).min(1),
    roomChoice: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('uniform') }),
      z.strictObject({ kind: z.literal('zipf'), exponent: z.number() }),
      z.strictObject({ kind: z.literal('in-turn') }),
    ]),
    senderShare: z.number(),
    connectPerSecond: z.number().nullable(),
  }),
  load: z.strictObject({
    process: z.enum(['constant', 'poisson']),
    stages: z.array(stage).min(1),
    payloads: z.array(z.strictObject({ bytes: count, share: z.number() })).min(1),
    loop: z.enum(['open', 'closed']),
    thinkTimeUs: count,
  }),
  /** Absent where clients do nothing beside sending. */
  traffic: z.array(z.strictObject({ kind: z.enum(TRAFFIC_KINDS), perSecond: z.number() })).optional(),
  phases: z.strictObject({ warmupUs: count, measureUs: count, drainTimeoutUs: count }),
  timeouts: z.strictObject({ connectUs: count, deliveryUs: count }),
  latenessBudgetUs: count,
  target: z.strictObject({
    kind: z.enum(['auto', 'embedded', 'local', 'compose', 'external']),
    url: z.string().nullable(),
    topology: z.enum(TOPOLOGIES),
    queueType: z.enum(QUEUE_TYPES).default('classic'),
    rateLimit: z
      .strictObject({ kind: z.enum(RATE_LIMITERS), limit: count, windowMs: count })
      .nullable()
      .default(null),
    gateways: count,
    workers: count,
    balance: z.enum(BALANCES),
    hops: z.boolean().default(true),
    defect: z.enum(DEFECTS).nullable().default(null),
  }),
  seed: count,
  thresholds: z.array(z.string()),
  spread: z.enum(SPREADS).default('round-robin'),
  reconnect: z
    .strictObject({ backoff: z.literal('full-jitter'), baseUs: count, maxUs: count })
    .nullable()
    .default(null),
  faults: z.array(fault),
  experiment: experiment.nullable(),
  aborts: z.array(z.strictObject({ expression: z.string(), afterUs: count })).default([]),
});

const component = z.strictObject({ name: z.string(), version: z.string() });

/** What was measured, with versions. `topology` is null for a target that chatbench did not start. */
export const targetDescription = z.strictObject({
  kind: z.enum(['embedded', 'local', 'compose', 'external']),
  topology: z.string().nullable(),
  /** Of the broker's queues; null where there are none, or nothing is known of them. */
  queueType: z.enum(QUEUE_TYPES).nullable().default(null),
  gateways: count.nullable(),
  workers: count.nullable(),
  components: z.array(component),
  /** Hosts outside of this machine and its private networks, named by `--allow-target`; absent where there was none. */
  publicHosts: z.array(z.string()).optional(),
});
export type TargetDescription = z.infer<typeof targetDescription>;

const refusal = z.strictObject({ code: z.string().nullable(), count });

const ledger = z.strictObject({
  planned: count,
  sent: count,
  skipped: count,
  acked: count,
  rejected: count,
  limited: count.default(0),
  expected: count,
  once: count,
  lost: count,
  duplicated: count,
  reordered: count,
  misrouted: count,
  late: count,
  recovered: count.default(0),
  held: count.default(0),
});

const interval = z.strictObject({
  second: count,
  offered: count,
  sent: count,
  skipped: count,
  delivered: count,
  inFlight: count,
  delivery: encodedHistogram,
  latenessMaxUs: count,
});

const messageExample = z.strictObject({
  kind: z.enum(['lost', 'duplicated', 'reordered', 'misrouted']),
  sequence: count,
  room: count,
  sender: count,
  recipient: count,
  intendedAtUs: timeUs,
});

const shardHealth = z.strictObject({
  shard: count,
  pid: count,
  cpuRatio: z.number(),
  starvedRatio: z.number().nullable(),
  memoryBytes: count,
  gcPauseUs: count,
  gcPauseMaxUs: count,
  bufferedBytesMax: count,
  openFiles: count.nullable(),
  openFilesLimit: count.nullable(),
  portsUsed: count.nullable().default(null),
  portsLimit: count.nullable().default(null),
});

const samples = z.strictObject({
  histograms: z.strictObject({
    delivery: encodedHistogram,
    service: encodedHistogram,
    ack: encodedHistogram,
    lateness: encodedHistogram,
    connect: encodedHistogram,
    fanoutFirst: encodedHistogram,
    fanoutMedian: encodedHistogram,
    fanoutLast: encodedHistogram,
    reconnect: encodedHistogram.default(''),
  }),
  breakdowns: z.record(z.string(), encodedHistogram),
  /** In the order in which a message passes; the hops of one way add up to its latency. None where frames carry no stamps. */
  hops: z.array(z.strictObject({ name: z.string(), way: z.enum(['delivery', 'ack']), histogram: encodedHistogram })),
  /** Of `ledger.rejected`: by the server's code, the ten most frequent; null: the rest, and what has none. */
  refusals: z.array(refusal).default([]),
  /** Errors of the server that name no message, of all phases, likewise. */
  serverErrors: z.array(refusal).default([]),
  /** Null where the target has no rate limiter, or does not acknowledge. */
  limiter: z.strictObject({ admittedMax: count, admitted: count, allowed: count }).nullable().default(null),
  /** Null where messages are not sent over HTTP. */
  posts: z
    .strictObject({ latency: encodedHistogram, perSecond: z.array(z.tuple([count, count])) })
    .nullable()
    .default(null),
  /** What clients did beside sending; absent where nothing was planned. `failed`: not sent, or, of history, not answered. */
  traffic: z
    .array(
      z.strictObject({
        kind: z.enum(TRAFFIC_KINDS),
        planned: count,
        sent: count,
        failed: count,
        received: count.nullable(),
        latency: encodedHistogram.nullable(),
      }),
    )
    .optional(),
  oddValues: count,
  ledger,
  warmupLedger: ledger,
  examples: z.array(messageExample),
  connections: z.strictObject({
    attempted: count,
    opened: count,
    failed: count,
    dropped: count,
    reconnected: count.default(0),
    reconnectsFailed: count.default(0),
    left: count.default(0),
    returned: count.default(0),
    /** Clients that received at least one message; null where it was not counted. */
    reached: count.nullable().default(null),
    openingUs: count,
    openedPer100Ms: z.array(count).default([]),
    failures: z.record(z.string(), count),
    perEndpoint: z.record(z.string(), count),
  }),
  intervals: z.array(interval),
  health: z.array(shardHealth),
});

/** Depth of the target's queues on the run's clock; null where there was nothing to sample. */
const queueSeries = z.strictObject({
  /** `amqp`: passive declare plus the workers' in-flight gauge. `in-process`: the embedded queue. */
  source: z.enum(['amqp', 'in-process']),
  intervalMs: count,
  /** Probes that failed or came more than one interval late. */
  gaps: count,
  /** Column-wise: sample i is at atUs[i], with ready[i] messages waiting and inFlight[i] at workers (null: gauge unreachable). */
  atUs: z.array(timeUs),
  ready: z.array(count),
  inFlight: z.array(count.nullable()),
});
export type QueueSeries = z.infer<typeof queueSeries>;

/** Column-wise: sample i is at atUs[i]; null where a gateway could not be asked. */
const gatewaySeries = z.strictObject({
  atUs: z.array(timeUs),
  gateways: z.array(z.strictObject({ name: z.string(), connections: z.array(count.nullable()) })),
});

/** Column-wise: sample i is at atUs[i]; before 0 clients connect. Null from the end of a process on. */
const processSeries = z.strictObject({
  name: z.string(),
  atUs: z.array(timeUs),
  /** Since the sample before, 1 = one core. */
  cpuRatio: z.array(z.number().nullable()),
  residentBytes: z.array(count.nullable()),
});

/** What the hypervisor took of the CPU time of all cores while the run measured, 0–1; null where the machine cannot tell. */
const host = z.strictObject({
  stealRatio: z.number().nullable(),
  /** Column-wise, over measure: sample i is at atUs[i], since the sample before. */
  series: z.strictObject({ atUs: z.array(timeUs), stealRatio: z.array(z.number().nullable()) }).nullable(),
});

const timelineEvent = z.strictObject({
  atUs: timeUs,
  kind: z.string(),
  text: z.string(),
  /** Which of the scenario's faults it is about, from 0; absent where none. */
  fault: count.optional(),
});

const environment = z.strictObject({
  chatbench: z.string(),
  node: z.string(),
  os: z.string(),
  cpu: z.string(),
  cores: count,
  memoryBytes: count,
});

/** All that is known of a run: every report, verdict and comparison derives from it alone. Times are µs since run start. */
export const runResult = z.strictObject({
  schema: z.literal('chatbench.result/1'),
  id: z.string(),
  startedAt: z.iso.datetime(),
  command: z.array(z.string()),
  /** `partial`: interrupted, or a shard was lost; `reason` says which. */
  completeness: z.strictObject({ status: z.enum(['complete', 'partial']), reason: z.string().nullable() }),
  interruptedBy: z.enum(['SIGINT', 'SIGTERM']).nullable(),
  /** The threshold that ended the run early, with its value by then; null where none did. */
  aborted: z.strictObject({ expression: z.string(), actual: z.string(), atUs: timeUs }).nullable().default(null),
  /** What a benchmark that times the POST would have printed, see docs/measurement.md; null where nobody asked for it. */
  article: z
    .strictObject({
      postP95Us: count.nullable(),
      postsPerSecond: z.number().nullable(),
      queueMaxDepth: count.nullable(),
    })
    .nullable()
    .default(null),
  scenario,
  target: targetDescription,
  environment,
  phases: z.strictObject({
    warmupEndUs: timeUs,
    measureEndUs: timeUs,
    /** When the last expected delivery had arrived, or drain was given up. */
    drainEndUs: timeUs,
  }),
  shards: z.strictObject({ planned: count, reported: count }),
  /**
   * Messages that the plan has, which the ledgers of a complete run must come to; null for a closed loop, or where it is not
   * known.
   */
  schedule: z.strictObject({ warmup: count, measure: count }).nullable().default(null),
  samples,
  queue: queueSeries.nullable(),
  /**
   * Connections of each gateway, by its name, as the gateways themselves counted them when measure began: how clients
   * were spread, also behind a load balancer. Null where the gateways cannot be asked.
   */
  gatewayConnections: z.record(z.string(), count).nullable().default(null),
  /** Rooms that the gateways still held when every client had gone; null where they do not tell, or others were connected. */
  gatewayRoomsLeft: count.nullable().default(null),
  /** The same over time, once a second. Null where the gateways cannot be asked. */
  gatewaySeries: gatewaySeries.nullable().default(null),
  /** CPU and memory of the target's processes and of the generator's; null where they are not this machine's to see. */
  processes: z.array(processSeries).nullable().default(null),
  /** The machine that the generator ran on. */
  host: host.default({ stealRatio: null, series: null }),
  timeline: z.array(timelineEvent),
});

export type RunResult = z.infer<typeof runResult>;
