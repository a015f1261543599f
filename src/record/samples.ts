import { z } from 'zod';
import { TRAFFIC_KINDS } from '../choices.ts';
import { count, type DataOf, timeUs } from '../data-schema.ts';
import { METRIC_NAMES, type MetricName } from './metric-names.ts';
import type { OwnShare } from './own-share.ts';

/** HdrHistogram V2, compressed, base64; values in µs, three significant digits. Empty string where nothing was recorded. */
const encodedHistogram = z.string();

/** What is recorded as such and encoded at the end: a report of which one member, if there is one, is its histogram. */
type WithHistogram<Report, Key extends keyof Report, Encoded> = {
  readonly [Name in keyof Report]: Name extends Key ? Encoded | Extract<Report[Name], null> : Report[Name];
};

/** One leg of a message's way. The legs of each way follow one another without a gap, so that they add up to its latency. */
const hop = z.strictObject({
  name: z.string(),
  /** The way that it is part of: to the recipients (adds up to `delivery`), or back to the sender (adds up to `ack`). */
  way: z.enum(['delivery', 'ack']),
  histogram: encodedHistogram,
});
export type Hop<Encoded> = WithHistogram<DataOf<typeof hop>, 'histogram', Encoded>;

/** So many answers of the server refused something under this code; null: under none, or one of those too many to tell apart. */
const refusalCount = z.strictObject({ code: z.string().nullable(), count });
export type RefusalCount = DataOf<typeof refusalCount>;

/** What was seen of a limiter from outside, over all users and phases of a run. */
const limiterReport = z.strictObject({
  /**
   * Most messages of one user that were admitted within one window: sent no earlier than it begins, acknowledged before it
   * ends. Counted up to 2 · limit + 1.
   */
  admittedMax: count,
  admitted: count,
  /** Most that the promise lets pass of the messages that were sent, at the times at which they were. */
  allowed: count,
});
export type LimiterReport = DataOf<typeof limiterReport>;

/** Sends by HTTP request as a benchmark sees them that times the request: only those of measure that were answered with 2xx. */
const postReport = z.strictObject({
  /** From the send itself to the answer: uncorrected for what waited before it. */
  latency: encodedHistogram,
  /** Seconds since run start in which at least one was answered, ascending, each with how many; of hours every so many of them. */
  perSecond: z.array(z.tuple([count, count])),
});
export type PostReport<Encoded> = WithHistogram<DataOf<typeof postReport>, 'latency', Encoded>;

/** A message, and how long its last delivery took. */
const slowMessage = z.strictObject({
  /** Of W3C Trace Context, hexadecimal: 32 digits, and the 16 of the span that its sender is. */
  traceId: z.string(),
  spanId: z.string(),
  latencyUs: count,
  intendedAtUs: timeUs,
  /** When it was due, µs since 1970. */
  epochUs: count,
  shard: count,
  /** In its shard. */
  sequence: count,
  room: count,
  sender: count,
  /** Where its time went, in the order in which it passed; none where its frames do not say. */
  hops: z.array(z.strictObject({ name: z.string(), us: count })),
});
export type SlowMessage = DataOf<typeof slowMessage>;

/** The slowest messages of measure by their last delivery, the slowest first; those that never arrived are none of them. */
export const slowestReport = z.strictObject({
  /** So many were asked for. */
  limit: count,
  /** The target was told of the traces: the messages have `{traceparent}` in them. */
  isTraced: z.boolean(),
  messages: z.array(slowMessage),
});
export type SlowestReport = DataOf<typeof slowestReport>;

/** What became of one kind of what clients do beside sending, in measure. */
const trafficReport = z.strictObject({
  kind: z.enum(TRAFFIC_KINDS),
  /** What fell due. */
  planned: count,
  sent: count,
  /** Not sent, since the client had no connection that took it; of history also what was sent and not answered with a page. */
  failed: count,
  /** Notices of it that reached other clients since measure began; null where nobody is told. */
  received: count.nullable(),
  /** From the intended time to the answer, µs; null where nothing answers. */
  latency: encodedHistogram.nullable(),
  /** From the intended time to the request: how long it waited for its turn at the generator. Null where nothing answers. */
  lateness: encodedHistogram.nullable().default(null),
  /** Of the latencies, as `own` of the run; null where nothing answers. */
  own: z.strictObject({ measured: encodedHistogram, without: encodedHistogram }).nullable().default(null),
});
export type TrafficReport<Encoded> = Omit<
  WithHistogram<DataOf<typeof trafficReport>, 'latency' | 'lateness', Encoded>,
  'own'
> & { readonly own: OwnShare<Encoded> | null };

/**
 * planned = sent + skipped + unsendable; expected = once + lost. The others are counted besides. `planned` are the messages that came due: in a
 * complete run of an open loop as many as the plan has, in one that ended early those until then.
 */
const ledgerCounts = z.strictObject({
  planned: count,
  sent: count,
  /** Due, and not sent by the generator's own failing. */
  skipped: count,
  /** Due at a client whose connection the target had refused or ended. */
  unsendable: count.default(0),
  /** Of `sent` without `limited`: the server has to acknowledge them, since its protocol does; 0 where it does not. */
  acksExpected: count.default(0),
  acked: count,
  /** Error frames that the server sent in answer to a message. */
  rejected: count,
  /** Of `rejected`: messages beyond their sender's quota, which nobody is expected to get. */
  limited: count.default(0),
  expected: count,
  once: count,
  lost: count,
  duplicated: count,
  reordered: count,
  misrouted: count,
  late: count,
  /** Of `once`: deliveries that the recipient fetched itself after a gap, instead of being sent them. */
  recovered: count.default(0),
  /** Of `sent`: messages that waited at their sender until its connection was back. */
  held: count.default(0),
});
export type LedgerCounts = DataOf<typeof ledgerCounts>;

/** Those counts of which each can be told whose message it was. */
const groupCounts = ledgerCounts.pick({
  planned: true,
  sent: true,
  skipped: true,
  unsendable: true,
  acksExpected: true,
  acked: true,
  expected: true,
  once: true,
  lost: true,
  late: true,
  recovered: true,
  held: true,
});
export type GroupCounts = DataOf<typeof groupCounts>;

/** What came of one group of clients, in measure. */
const groupReport = z.strictObject({
  name: z.string(),
  clients: count,
  /** Of its clients, those that received at least one message; warm-up counts. */
  reached: count,
  /** Of the messages that its clients sent. */
  ledger: groupCounts,
  /** Deliveries of its messages, to whomever. */
  delivery: encodedHistogram,
  ack: encodedHistogram,
  /** Of the messages that its clients were to get, of whomever. */
  received: z.strictObject({ lost: count, delivery: encodedHistogram }),
  /** What its clients did beside sending; empty where nothing was planned. */
  traffic: z.array(trafficReport),
});
export type GroupReport<Encoded> = Omit<
  WithHistogram<DataOf<typeof groupReport>, 'delivery' | 'ack', Encoded>,
  'received' | 'traffic'
> & {
  readonly received: { readonly lost: number; readonly delivery: Encoded };
  readonly traffic: readonly TrafficReport<Encoded>[];
};

/** The audit of a run that is still under way; `lost` counts deliveries that are overdue and may still come. */
export interface LedgersSoFar {
  readonly warmup: LedgerCounts;
  readonly measure: LedgerCounts;
}

const messageExample = z.strictObject({
  kind: z.enum(['lost', 'duplicated', 'reordered', 'misrouted']),
  sequence: count,
  room: count,
  sender: count,
  recipient: count,
  intendedAtUs: timeUs,
});
export type MessageExample = DataOf<typeof messageExample>;

const connectionCounts = z.strictObject({
  attempted: count,
  opened: count,
  failed: count,
  /** Opened, then ended before the run had, by the other side or because it broke the protocol. */
  dropped: count,
  /** How those ended: close code and text, or what broke → count. */
  drops: z.record(z.string(), count).default({}),
  /** Of those, the ones that came back, each as often as it did, and attempts to that came to nothing. */
  reconnected: count.default(0),
  reconnectsFailed: count.default(0),
  /** Clients that logged in before they connected, and those that were not let in, which are among `failed`; each as often as it did. */
  logins: count.default(0),
  loginsFailed: count.default(0),
  /** Closed by the client itself as a fault of the plan, and of those the ones that came back. */
  left: count.default(0),
  returned: count.default(0),
  /** Frames that held several messages of which nothing tells what each of them is. */
  untoldFrames: count.default(0),
  /** Clients that received at least one message, warm-up included; null in results that do not tell. */
  reached: count.nullable().default(null),
  /** From the first attempt to the last open, µs. */
  openingUs: count,
  /** How long after its due time a first attempt began, µs, at most, but for what the generator stood still; 0 without a pace. */
  paceLagUs: count.default(0),
  /** How many were opened in every tenth of a second since the first attempt. */
  openedPer100Ms: z.array(count).default([]),
  /** Why connects failed, those of clients that come back, too: outcome, and what the server or system said → count. */
  failures: z.record(z.string(), count),
  /** Connections opened per endpoint URL: how the load was spread. */
  perEndpoint: z.record(z.string(), count),
});
type KeptConnections = DataOf<typeof connectionCounts>;
/** As they are counted: nothing is unknown of them. */
export type ConnectionCounts = { readonly [Name in keyof KeptConnections]: NonNullable<KeptConnections[Name]> };

/** One second of the run. Counts cover all phases; histograms hold measured messages only. */
const interval = z.strictObject({
  /** Seconds since run start: covers [second, second + 1). */
  second: count,
  /** Messages whose intended time lies in this second. */
  offered: count,
  sent: count,
  skipped: count,
  delivered: count,
  /** Messages sent and not yet delivered to everyone, at the end of the second. */
  inFlight: count,
  /** Delivery latencies of what arrived in this second. */
  delivery: encodedHistogram,
  /** Delivery latencies of the messages that were due in this second, whenever they arrived; null in results that do not tell. */
  due: encodedHistogram.nullable().default(null),
  /** Deliveries of messages that were due in this second, which never arrived. */
  lost: count.default(0),
  /** Largest lateness of a send in this second, µs. */
  latenessMaxUs: count,
  /** How late event loops of generator processes came round to a beat that was due every 10 ms; see `LoopDelay`. */
  loopDelay: encodedHistogram.default(''),
  /** For how long a CPU quota stopped the control groups of a generator process in this second, µs, all cores together; absent: not. */
  throttledUs: count.optional(),
});
/** @template Encoded  a histogram: as text where it is kept, sparse while it is recorded and merged */
export type Interval<Encoded = string> = WithHistogram<
  DataOf<typeof interval>,
  'delivery' | 'due' | 'loopDelay',
  Encoded
>;

/** How the generator itself fared; the basis of the run's validity. */
const shardHealth = z.strictObject({
  shard: count,
  pid: count,
  /** CPU time of the thread that sends and receives, over wall time from start to end of measure; 1 = one core. */
  cpuRatio: z.number(),
  /** Share of wall time in which the process was runnable but had no core; null where the system does not tell. */
  starvedRatio: z.number().nullable(),
  memoryBytes: count,
  /** Pauses of garbage collection over the same time: all of them, and the longest. */
  gcPauseUs: count,
  gcPauseMaxUs: count,
  /** How late the event loop came round over the whole run; see `LoopDelay`. Null in results that do not tell. */
  loopDelayP99Us: count.nullable().default(null),
  loopDelayMaxUs: count.nullable().default(null),
  /** The CPU quota of its control groups, and what it did from start to end of measure; absent: there is none. */
  quota: z
    .strictObject({
      /** CPU time per time that it leaves them. */
      cores: z.number(),
      /** For how long it stopped them, all cores together. */
      throttledUs: count,
      /** Share of its periods (mostly 100 ms) in which it did. */
      throttledRatio: z.number(),
    })
    .optional(),
  /** Largest number of bytes that waited in the sockets of one client. */
  bufferedBytesMax: count,
  openFiles: count.nullable(),
  openFilesLimit: count.nullable(),
  /**
   * Connections that the shard opened to its fullest address, each from a local port of one range; null in results that do not
   * tell.
   */
  portsUsed: count.nullable().default(null),
  /** Local ports that the system has for one source and destination; null where it does not tell. */
  portsLimit: count.nullable().default(null),
});
export type ShardHealth = DataOf<typeof shardHealth>;

/**
 * What one shard recorded, and the merge of many: plain data, as it is kept in a result. Defaults are for results of versions that
 * did not write the key.
 */
export const samples = z.strictObject({
  histograms: z.strictObject({
    delivery: encodedHistogram,
    service: encodedHistogram,
    ack: encodedHistogram,
    lateness: encodedHistogram,
    connect: encodedHistogram,
    connectService: encodedHistogram.default(''),
    fanoutFirst: encodedHistogram,
    fanoutMedian: encodedHistogram,
    fanoutLast: encodedHistogram,
    reconnect: encodedHistogram.default(''),
    login: encodedHistogram.default(''),
  } satisfies Readonly<Record<MetricName, z.ZodType>>),
  /**
   * Of each time that the generator may have added to, what it did add: those of which that is worth telling, as measured and without
   * it. Null in results that do not tell.
   */
  own: z
    .partialRecord(z.enum(METRIC_NAMES), z.strictObject({ measured: encodedHistogram, without: encodedHistogram }))
    .nullable()
    .default(null),
  /**
   * Delivery latencies by label: `gateway=same`, `gateway=cross`, `to=2` (at the second gateway), `roomSize=50`, `client=stalled`; none
   * where there is one kind only.
   */
  breakdowns: z.record(z.string(), encodedHistogram),
  /** Where the time of a message went, in the order in which it passes; none where its frames do not say. */
  hops: z.array(hop),
  /** Of `ledger.rejected`: by the server's code, the ten most frequent; null: the rest, and what has none. */
  refusals: z.array(refusalCount).default([]),
  /** Errors of the server that name no message, of all phases, likewise. */
  serverErrors: z.array(refusalCount).default([]),
  /** What was seen of the server's rate limiter; null where it has none, or what it admits is not acknowledged. */
  limiter: limiterReport.nullable().default(null),
  /** Sends over HTTP; null where messages go another way. */
  posts: postReport.nullable().default(null),
  /** The slowest messages; absent where neither traces nor stamps tell more of them. */
  slowest: slowestReport.optional(),
  /** What clients did beside sending, one for each kind; absent where nothing was planned. */
  traffic: z.array(trafficReport).optional(),
  /** Of each group of clients, in the order of the scenario; absent where there are none. */
  groups: z.array(groupReport).optional(),
  /** Values that no histogram can hold: negative, not a number, above the range. Any of them is a warning. */
  oddValues: count,
  ledger: ledgerCounts,
  /** Warm-up's own audit; left out of every figure, but a loss here is still a finding. */
  warmupLedger: ledgerCounts,
  /** The first few troubled messages, at most `EXAMPLES_KEPT` of each kind. */
  examples: z.array(messageExample),
  connections: connectionCounts,
  intervals: z.array(interval),
  health: z.array(shardHealth),
});
export type Samples = DataOf<typeof samples>;
