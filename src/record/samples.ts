import type { LimiterReport } from './limiter-audit.ts';
import type { PostReport } from './post-recorder.ts';
import type { TrafficReport } from './traffic-recorder.ts';

/**
 * What one shard recorded, and the merge of many: plain data that crosses process borders.
 * Histograms are HdrHistogram V2, compressed, base64; values in µs, three significant digits.
 */
export interface Samples {
  readonly histograms: Readonly<Record<MetricName, string>>;
  /**
   * Delivery latencies by label: `gateway=same`, `gateway=cross`, `roomSize=50`, `client=stalled`; none where there is one kind
   * only.
   */
  readonly breakdowns: Readonly<Record<string, string>>;
  /** Where the time of a message went, in the order in which it passes; none where its frames do not say. */
  readonly hops: readonly Hop<string>[];
  /** What was seen of the server's rate limiter; null where it has none, or what it admits is not acknowledged. */
  readonly limiter: LimiterReport | null;
  /** Sends over HTTP; null where messages go another way. */
  readonly posts: PostReport<string> | null;
  /** What clients did beside sending, one for each kind; absent where nothing was planned. */
  readonly traffic?: readonly TrafficReport<string>[] | undefined;
  /** Values that no histogram can hold: negative, not a number, above the range. Any of them is a warning. */
  readonly oddValues: number;
  readonly ledger: LedgerCounts;
  /** Of `ledger.rejected`: under which code, the ten most frequent and the rest. */
  readonly refusals: readonly RefusalCount[];
  /** Errors of the server that name no message, of all phases, likewise. */
  readonly serverErrors: readonly RefusalCount[];
  /** Warm-up's own audit; left out of every figure, but a loss here is still a finding. */
  readonly warmupLedger: LedgerCounts;
  /** The first few troubled messages, at most `EXAMPLES_KEPT` of each kind. */
  readonly examples: readonly MessageExample[];
  readonly connections: ConnectionCounts;
  readonly intervals: readonly Interval[];
  readonly health: readonly ShardHealth[];
}

/** One leg of a message's way. The legs of each way follow one another without a gap, so that they add up to its latency. */
export interface Hop<Encoded> {
  readonly name: string;
  /** The way that it is part of: to the recipients (adds up to `delivery`), or back to the sender (adds up to `ack`). */
  readonly way: 'delivery' | 'ack';
  readonly histogram: Encoded;
}

/** See docs/measurement.md for the formula of each. */
export const METRIC_NAMES = [
  'delivery',
  'service',
  'ack',
  'lateness',
  'connect',
  'fanoutFirst',
  'fanoutMedian',
  'fanoutLast',
  'reconnect',
] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

/**
 * planned = sent + skipped; expected = once + lost. The others are counted besides. `planned` are the messages that came due: in a
 * complete run of an open loop as many as the plan has, in one that ended early those until then.
 */
export interface LedgerCounts {
  readonly planned: number;
  readonly sent: number;
  readonly skipped: number;
  readonly acked: number;
  /** Error frames that the server sent in answer to a message. */
  readonly rejected: number;
  /** Of `rejected`: messages beyond their sender's quota, which nobody is expected to get. */
  readonly limited: number;
  readonly expected: number;
  readonly once: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly misrouted: number;
  readonly late: number;
  /** Of `once`: deliveries that the recipient fetched itself after a gap, instead of being sent them. */
  readonly recovered: number;
  /** Of `sent`: messages that waited at their sender until its connection was back. */
  readonly held: number;
}

/** The audit of a run that is still under way; `lost` counts deliveries that are overdue and may still come. */
export interface LedgersSoFar {
  readonly warmup: LedgerCounts;
  readonly measure: LedgerCounts;
}

export interface MessageExample {
  readonly kind: 'lost' | 'duplicated' | 'reordered' | 'misrouted';
  readonly sequence: number;
  readonly room: number;
  readonly sender: number;
  readonly recipient: number;
  readonly intendedAtUs: number;
}

export interface ConnectionCounts {
  readonly attempted: number;
  readonly opened: number;
  readonly failed: number;
  /** Opened, then closed by the other side before the run had ended. */
  readonly dropped: number;
  /** Of those, the ones that came back, each as often as it did, and attempts to that came to nothing. */
  readonly reconnected: number;
  readonly reconnectsFailed: number;
  /** Closed by the client itself as a fault of the plan, and of those the ones that came back. */
  readonly left: number;
  readonly returned: number;
  /** Clients that received at least one message, warm-up included. */
  readonly reached: number;
  /** From the first attempt to the last open, µs. */
  readonly openingUs: number;
  /** How many were opened in every tenth of a second since the first attempt. */
  readonly openedPer100Ms: readonly number[];
  /** Why connects failed: outcome or system code → count. */
  readonly failures: Readonly<Record<string, number>>;
  /** Connections opened per endpoint URL: how the load was spread. */
  readonly perEndpoint: Readonly<Record<string, number>>;
}

/** One second of the run. Counts cover all phases; the histogram holds measured messages only. */
export interface Interval {
  /** Seconds since run start: covers [second, second + 1). */
  readonly second: number;
  /** Messages whose intended time lies in this second. */
  readonly offered: number;
  readonly sent: number;
  readonly skipped: number;
  readonly delivered: number;
  /** Messages sent and not yet delivered to everyone, at the end of the second. */
  readonly inFlight: number;
  /** Delivery latencies of what arrived in this second. Empty string where nothing was recorded. */
  readonly delivery: string;
  /** Largest lateness of a send in this second, µs. */
  readonly latenessMaxUs: number;
}

/** How the generator itself fared; the basis of the run's validity. */
export interface ShardHealth {
  readonly shard: number;
  readonly pid: number;
  /** CPU time of the thread that sends and receives, over wall time from start to end of measure; 1 = one core. */
  readonly cpuRatio: number;
  /** Share of wall time in which the process was runnable but had no core; null where the system does not tell. */
  readonly starvedRatio: number | null;
  readonly memoryBytes: number;
  /** Pauses of garbage collection over the same time: all of them, and the longest. */
  readonly gcPauseUs: number;
  readonly gcPauseMaxUs: number;
  /** Largest number of bytes that waited in the sockets of one client. */
  readonly bufferedBytesMax: number;
  readonly openFiles: number | null;
  readonly openFilesLimit: number | null;
  /**
   * Connections that the shard opened to its fullest address, each from a local port of one range; null in results that do not
   * tell.
   */
  readonly portsUsed: number | null;
  /** Local ports that the system has for one source and destination; null where it does not tell. */
  readonly portsLimit: number | null;
}

/** So many answers of the server refused something under this code; null: under none, or one of those too many to tell apart. */
export interface RefusalCount {
  readonly code: string | null;
  readonly count: number;
}
