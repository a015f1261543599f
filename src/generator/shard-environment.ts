import type { Clock } from '../clock.ts';
import type { CpuQuota } from '../cpu-limits.ts';
import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { ConnectionCounts, LedgersSoFar } from '../record/samples.ts';
import type { SplitSecond, UnsentMessages } from '../record/split-log.ts';
import type { RateLimitRequest, Reconnect, Spread } from '../scenario/scenario.ts';
import type { UserTable } from '../user-table.ts';
import type { FetchText } from './clients/sync-rooms.ts';
import type { Connector } from './connection.ts';
import type { HostGuard } from './hosts/host-guard.ts';
import type { WakeUp } from './load/wake-up.ts';
import type { RequestHttp } from './login/request-http.ts';
import type { Wire } from './wires.ts';

/** What a shard runs in: what it speaks, to whom, on which clock, and who is told. */
export interface ShardEnvironment {
  readonly protocol: ChatProtocol;
  readonly connector: Connector;
  /** By group, how it speaks where it does so in its own way; absent: none does. */
  readonly groupWires?: readonly (Wire | null)[];
  readonly clock: Clock;
  /** Of this process; absent: none. */
  readonly cpuQuotas?: readonly CpuQuota[];
  readonly wakeUp: WakeUp;
  /** ws:// or wss:// addresses over which the clients are spread. */
  readonly endpoints: readonly string[];
  /** Where HTTP requests may go; the connector has its own. */
  readonly hosts: HostGuard;
  readonly spread: Spread;
  /** Null: a client whose connection is dropped stays away. */
  readonly reconnect: Reconnect | null;
  /** What the target promises to limit its users to; null: nothing. */
  readonly rateLimit: RateLimitRequest | null;
  readonly fetchText: FetchText;
  /** How clients log in. */
  readonly requestHttp: RequestHttp;
  /** Who they are; null: known by number alone. */
  readonly users: UserTable | null;
  /** How many of the slowest messages are told; absent: none. */
  readonly traces?: number;
  /** Of each shard, where it runs; absent or null: that is not told apart. */
  readonly regions?: readonly (string | null)[] | null;
  readonly connectTimeoutUs: number;
  readonly deliveryTimeoutUs: number;
  readonly connectConcurrency: number;
  /** Aborted: no further arrivals, a short drain, and the report of what there is. */
  readonly signal: AbortSignal;
  /** Arrivals are paused: what falls due is skipped. Of an open loop; a closed one goes on. */
  isPaused(): boolean;
  /** Nothing may be sent any more where this is false, in a closed loop neither; absent: it always may. */
  hasLease?(): boolean;
  /** An attempt to connect is over: how many were opened by now. */
  onConnecting?(opened: number): void;
  /** All attempts to connect are over; settles with the run's start on the clock, or null to give up. */
  awaitStart(connections: ConnectionCounts): Promise<number | null>;
  /** What there is to tell of rooms that are split over shards: about once a second, and before the report. */
  onSplit?(second: SplitSecond): void;
  /** Sets who is told what other shards of a split room do not send. */
  onUnsent?(listener: (unsent: UnsentMessages) => void): void;
  /** A second has passed; the audit is as it stood at its end. */
  onInterval(interval: RawInterval, ledgers: LedgersSoFar): void;
}
