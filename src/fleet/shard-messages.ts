import type { HostRules } from '../host-rules.ts';
import type { Shard } from '../plan/run-plan.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { ConnectionCounts, LedgersSoFar } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { SplitSecond, UnsentMessages } from '../record/split-log.ts';
import type { ProtocolSpec } from '../scenario/protocol-spec.ts';
import type { RateLimitRequest, Reconnect, Spread } from '../scenario/scenario.ts';
import type { UserTable } from '../user-table.ts';

/** What one shard process is to do; everything in it survives structured cloning. */
export interface ShardAssignment {
  readonly shard: Shard;
  readonly protocol: ProtocolSpec;
  /** Of each group of clients; null: as all do. Absent: no group has its own. */
  readonly groupProtocols?: readonly (ProtocolSpec | null)[];
  readonly endpoints: readonly string[];
  readonly hosts: HostRules;
  readonly spread: Spread;
  readonly reconnect: Reconnect | null;
  readonly rateLimit: RateLimitRequest | null;
  /** Who the clients are; absent or null: known by number alone. */
  readonly users?: UserTable | null;
  /** Where its connections come from; null: the system chooses. */
  readonly sourceAddress: string | null;
  /** How many of the slowest messages are told; absent: none. */
  readonly traces?: number;
  /** The bundled cluster's messages have traces; absent: they do not. */
  readonly isTraced?: boolean;
  /** Of each shard the region of its agent; absent or null: deliveries are not told apart by it. */
  readonly regions?: readonly (string | null)[] | null;
  readonly connectTimeoutUs: number;
  readonly deliveryTimeoutUs: number;
  readonly connectConcurrency: number;
  /** Spin instead of sleeping between sends. */
  readonly precise: boolean;
  /** True: it may run where the target's clock is another one, so that stamps and windows of the target mean nothing there. */
  readonly isElsewhere?: boolean;
}

/** How a shard fares at the end of a second. */
export interface ShardSnapshot {
  readonly ledgers: LedgersSoFar;
  /** CPU of the thread that sends and receives over about the last second; 1 = one core. */
  readonly cpuRatio: number;
}

export type ToShard =
  /** A process cuts texts of the server short, and must know before what is secret in them: later it finds no half of one. */
  | { readonly type: 'run'; readonly assignment: ShardAssignment; readonly secrets: readonly string[] }
  /** The common start of all shards, on the monotonic clock. */
  | { readonly type: 'start'; readonly atUs: number }
  /** No further arrivals; drain shortly and report. */
  | { readonly type: 'stop' }
  /** Skip what falls due from now on, or send it again. */
  | { readonly type: 'pause'; readonly isPaused: boolean }
  /** What another shard does not send to rooms that are split. */
  | { readonly type: 'unsent'; readonly unsent: UnsentMessages }
  /** It may send until then, on the monotonic clock, and then stops by itself; as long as it likes where nobody ever says so. */
  | { readonly type: 'lease'; readonly untilUs: number }
  /** The report has arrived. */
  | { readonly type: 'leave' };

export type FromShard =
  /** While it connects, a few times a second: connections opened by now. */
  | { readonly type: 'connecting'; readonly opened: number }
  | { readonly type: 'connected'; readonly connections: ConnectionCounts }
  /** Every few seconds, whatever else it does: whoever waits for it knows that it is there. */
  | { readonly type: 'alive' }
  | { readonly type: 'interval'; readonly interval: RawInterval; readonly snapshot: ShardSnapshot }
  /** Before the interval of the same second, and before the report. */
  | { readonly type: 'split'; readonly split: SplitSecond }
  | { readonly type: 'finished'; readonly report: ShardReport | null };
