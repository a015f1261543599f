import type { ShardHandle, ShardListener } from './shard-handle.ts';
import type { ShardAssignment } from './shard-messages.ts';

/** Where shards run: `runPlan` and all that follows from it do not know. */
export interface Fleet {
  /**
   * Before any of them is started: settles once whoever runs them is ready to.
   *
   * @throws ChatbenchError where somebody is not
   */
  prepare?(assignments: readonly ShardAssignment[]): Promise<void>;
  startShard(assignment: ShardAssignment, listener: ShardListener): ShardHandle;
  /**
   * All shards have connected: settles with a common start that every one of them can still keep, on this machine's monotonic
   * clock, µs.
   */
  agreeOnStart(): Promise<number>;
  /** How far times may be off that begin in one shard and end in another; absent: all have one clock. */
  clockErrors?(): ClockErrors;
  /** The run's start of any two shards was no further apart, µs, infinite where that is not known; absent: all have one clock. */
  startSpreadUs?(): number;
  /** A shard that does not answer a stop within this time is given up; absent: what is enough on this machine. */
  readonly stopTimeoutMs?: number;
}

/** How far times may be off that begin at one agent and end at another, µs; infinite where a clock has stepped, 0 between what has one clock. */
export interface ClockErrors {
  readonly anyUs: number;
  /** By `labelRegions`, where agents have regions. */
  readonly byRegions: Readonly<Record<string, number>>;
}
