import { z } from 'zod';
import { OBSERVED_SOURCES, OBSERVED_UNITS, QUEUE_TYPES, TRAFFIC_KINDS, type TrafficKind } from '../../choices.ts';
import { count, type DataOf } from '../../data-schema.ts';

const statistic = z.number().nonnegative().nullable();
const unbounded = z.union([statistic, z.literal('Infinity')]);

const latency = z.strictObject({
  count,
  mean: statistic,
  p50: statistic,
  p90: statistic,
  p95: statistic,
  p99: statistic,
  p999: statistic,
  max: statistic,
});

const latencyWithLost = z.strictObject({
  count,
  mean: unbounded,
  p50: unbounded,
  p90: unbounded,
  p95: unbounded,
  p99: unbounded,
  p999: unbounded,
  max: unbounded,
});

/** `failed`: could not be sent. `received`: notices of it that reached other clients. */
const signals = z.strictObject({ planned: count, sent: count, failed: count, received: count });

/** The object that `--json` prints. Names stay; more may be added. Latencies in ms, `null` where there is no data. */
export const summarySchema = z.strictObject({
  schema: z.literal('chatbench.summary/1'),
  verdict: z.enum(['pass', 'fail', 'invalid']),
  exitCode: z.number().int(),
  scenario: z.string(),
  /** Closed: every latency is a service time, and cannot be held against one of an open loop. */
  loop: z.enum(['open', 'closed']),
  target: z.strictObject({
    kind: z.enum(['embedded', 'local', 'compose', 'external']),
    topology: z.string().nullable(),
    queueType: z.enum(QUEUE_TYPES).nullable(),
    gateways: count.nullable(),
    workers: count.nullable(),
    components: z.array(z.strictObject({ name: z.string(), version: z.string() })),
    /** Hosts named by `--allow-target`; absent where there was none. */
    publicHosts: z.array(z.string()).optional(),
    /** Its certificate was not verified, by `--insecure`; absent where it was. */
    unverified: z.literal(true).optional(),
  }),
  messages: z.strictObject({
    planned: count,
    sent: count,
    skipped: count,
    /** Due at clients whose connection the target had refused or ended. */
    unsendable: count,
    acked: count,
    rejected: count,
    /** Of `rejected`: beyond their sender's quota. */
    limited: count,
    held: count,
  }),
  /** Of `rejected`: by the server's code, the ten most frequent; null: the rest, and what has none. */
  refusals: z.array(z.strictObject({ code: z.string().nullable(), count })),
  /** Errors of the server that name no message, likewise. */
  serverErrors: z.array(z.strictObject({ code: z.string().nullable(), count })),
  deliveries: z.strictObject({
    expected: count,
    once: count,
    lost: count,
    duplicated: count,
    reordered: count,
    misrouted: count,
    late: count,
    /** Of `once`: fetched by the recipient after a gap. */
    recovered: count,
  }),
  /** What clients did beside sending, in measure, each kind that was planned; absent where nothing was. */
  traffic: z
    .strictObject({
      typing: signals.optional(),
      receipts: signals.optional(),
      /** Reads of a page over HTTP; `failed`: not sent, or not answered. From the intended time to the answer. */
      history: z.strictObject({ planned: count, sent: count, failed: count, latencyMs: latency }).optional(),
    } satisfies Readonly<Record<TrafficKind, unknown>>)
    .optional(),
  /** Users that do different things, in measure; absent where all do the same. */
  groups: z
    .array(
      z.strictObject({
        name: z.string(),
        clients: count,
        /** Of its clients, those that received at least one message. */
        reached: count,
        /** Those that its clients sent. */
        messages: z.strictObject({
          planned: count,
          sent: count,
          skipped: count,
          unsendable: count,
          acked: count,
          held: count,
        }),
        /** Deliveries of these, to whomever. */
        deliveries: z.strictObject({ expected: count, once: count, lost: count, late: count, recovered: count }),
        latencyMs: z.strictObject({ delivery: latency, ack: latency }),
        /** Deliveries to its clients, of whomever. */
        received: z.strictObject({ once: count, lost: count, latencyMs: latency }),
        /** What its clients did beside sending, each kind that was planned for anybody. */
        traffic: z.array(
          z.strictObject({
            kind: z.enum(TRAFFIC_KINDS),
            planned: count,
            sent: count,
            failed: count,
            latencyMs: latency.nullable(),
          }),
        ),
      }),
    )
    .optional(),
  /** What the target's rate limiter let pass, of warm-up too; null without one. */
  limiter: z
    .strictObject({
      /** Most messages of one user within one window's length, up to twice the limit and one. */
      admittedMax: count,
      admitted: count,
      /** Most that the promise lets pass of what was sent. */
      allowed: count,
      admittedRatio: statistic,
    })
    .nullable(),
  /**
   * By how much `delivery`, `fanout…` and `service` may be off, since the clocks of two agents are part of them; null: by any. Absent where
   * one clock was. A figure of which that is more than a tenth is null.
   */
  clockErrorMs: z.number().nonnegative().nullable().optional(),
  /** Of a run of several agents: no two of them began further apart; null: that is not known. */
  startSpreadMs: z.number().nonnegative().nullable().optional(),
  /**
   * Deliveries between regions of agents, whose times are in `breakdowns` as `from=…,to=…`: how far these may be off, null: by any; and the
   * mean of both ways, in which that cancels out. Absent where no room spans two.
   */
  regions: z
    .array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        clockErrorMs: z.number().nonnegative().nullable(),
        bothWaysMeanMs: statistic,
      }),
    )
    .optional(),
  latencyMs: z.strictObject({
    delivery: latency,
    /** Lost deliveries at infinity: the percentile that a recipient would have to wait. */
    deliveryWithLost: latencyWithLost,
    ack: latency,
    /** From the send itself: uncorrected for what waited before it. */
    service: latency,
    lateness: latency,
    /** From when the pace wanted the connect. */
    connect: latency,
    /** From the attempt itself: uncorrected for what waited before it. */
    connectService: latency,
    fanoutFirst: latency,
    fanoutMedian: latency,
    fanoutLast: latency,
    /** From a dropped connection until the client was in its room again. */
    reconnect: latency,
    login: latency,
  }),
  /** Deliveries by label: `gateway=same`, `gateway=cross`, `to=2` (at the second gateway), `roomSize=50`; none where there is one kind only. */
  breakdowns: z.record(z.string(), latency),
  /** Where the time went, in the order in which a message passes; `share` is of the mean of its way. Empty without stamps. */
  hops: z.array(
    z.strictObject({ name: z.string(), way: z.enum(['delivery', 'ack']), share: statistic, latencyMs: latency }),
  ),
  rates: z.strictObject({ sentPerSecond: statistic, deliveredPerSecond: statistic }),
  connections: z.strictObject({
    attempted: count,
    opened: count,
    failed: count,
    /** Why connects failed, and how opened connections ended before the run did: what was said → count, without secrets. */
    failures: z.record(z.string(), count),
    dropped: count,
    drops: z.record(z.string(), count),
    reconnected: count,
    reconnectsFailed: count,
    logins: count,
    loginsFailed: count,
    /** Closed by the client itself, as a fault of the scenario, and of those the ones that came back. */
    left: count,
    returned: count,
    /** Clients that received at least one message. */
    reached: count.nullable(),
    successRatio: statistic,
    perSecond: statistic,
    /** Connections of each gateway when measure began; null where the gateways cannot be asked. */
    perGateway: z.record(z.string(), count).nullable(),
    /** Connections of the fullest gateway over the mean of all; null with fewer than two. */
    imbalance: statistic,
  }),
  queue: z
    .strictObject({
      source: z.enum(['in-process', ...OBSERVED_SOURCES]),
      intervalMs: count,
      samples: count,
      gaps: count,
      maxDepth: statistic,
      drainMs: statistic,
    })
    .nullable(),
  /** What was observed beside the run, by the names of its series; over measure, `max` also over drain; absent: nothing. */
  observed: z
    .record(
      z.string(),
      z.strictObject({
        source: z.enum(['in-process', ...OBSERVED_SOURCES]),
        unit: z.enum(OBSERVED_UNITS),
        intervalMs: count,
        samples: count,
        gaps: count,
        min: z.number().nullable(),
        mean: z.number().nullable(),
        max: z.number().nullable(),
        last: z.number().nullable(),
      }),
    )
    .optional(),
  /**
   * What a benchmark that times the POST would have printed: from the send, failures dropped; mean of the seconds in which any was
   * completed; the queue as a management API with 5 s statistics would have shown it. Null where nobody asked for it.
   */
  article: z.strictObject({ postP95Ms: statistic, postsPerSecond: statistic, queueMaxDepth: statistic }).nullable(),
  /**
   * What was broken on purpose, in order of time, in ms since the start of the run; `failure`: why it could not be brought about,
   * or ended. Absent where nothing was.
   */
  faults: z
    .array(
      z.strictObject({
        atMs: z.number(),
        fault: z.string(),
        endMs: z.number().nullable(),
        failure: z.string().nullable(),
      }),
    )
    .optional(),
  /** Why it is slow, the most telling first; what it rests on in base units; absent: the figures cannot be trusted. */
  diagnosis: z
    .array(z.strictObject({ code: z.string(), text: z.string(), evidence: z.record(z.string(), z.number()) }))
    .optional(),
  /**
   * Whether figures stayed as they were over measure: slopes an hour with their intervals of 99 %, in ms, bytes, cores or as they are.
   * Absent: shorter than a minute, a load that changed, or figures that cannot be trusted.
   */
  drift: z
    .array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['latency', 'queue', 'memory', 'connections', 'observed']),
        unit: z.enum(['ms', ...OBSERVED_UNITS]),
        perHour: z.number(),
        lowPerHour: z.number(),
        highPerHour: z.number(),
        /** On the line, when measure began and when it ended. */
        from: z.number(),
        to: z.number(),
        drifts: z.boolean(),
        /** What is met if it goes on like that, hours after measure; null where nothing is in its way. */
        limit: z
          .strictObject({
            name: z.string(),
            inHours: z.number(),
            earliestHours: z.number(),
            latestHours: z.number(),
          })
          .nullable(),
      }),
    )
    .optional(),
  /** The slowest messages with their traces, the slowest first; absent: the target was not told of traces. */
  slowest: z
    .array(
      z.strictObject({
        traceId: z.string(),
        latencyMs: z.number(),
        /** When it was due: since the start of the run, and by the clock, UTC. */
        atMs: z.number(),
        at: z.iso.datetime(),
        room: count,
        sender: count,
        hops: z.array(z.strictObject({ name: z.string(), ms: z.number() })),
      }),
    )
    .optional(),
  thresholds: z.array(
    z.strictObject({
      expression: z.string(),
      actual: z.string(),
      ok: z.boolean(),
      /** Why it neither holds nor is missed; absent where it does one. */
      undecided: z.string().optional(),
    }),
  ),
  warnings: z.array(
    z.strictObject({ code: z.string(), invalidates: z.boolean(), message: z.string(), remedy: z.string() }),
  ),
  /** The busiest shard's share of a core, and the memory of all shards together. */
  generator: z.strictObject({ cpuRatio: statistic, memoryBytes: statistic }),
  resultFile: z.string(),
});

export type Summary = DataOf<typeof summarySchema>;
export type Latency = DataOf<typeof latency>;
export type LatencyWithLost = DataOf<typeof latencyWithLost>;
