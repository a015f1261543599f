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
  /** How far a time may be off that begins in one shard and ends in another, µs; absent: all have one clock. */
  clockErrorUs?(): number;
  /** A shard that does not answer a stop within this time is given up; absent: what is enough on this machine. */
  readonly stopTimeoutMs?: number;
}
