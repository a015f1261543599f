import type { Load, PhaseLengths } from '../scenario/scenario.ts';

/**
 * The whole run, fixed before it starts. Pure data: every shard derives its own messages from it, and the union over any
 * number of shards is the same schedule.
 *
 * Time 0 is the start of warm-up; measure begins at `phases.warmupUs`.
 */
export interface RunPlan {
  /** Four characters [0-9a-z] that mark the messages of this run. */
  readonly runId: string;
  readonly seed: number;
  readonly load: Load;
  readonly phases: PhaseLengths;
  readonly clients: number;
  /** Members per room, the sender included. Room r has clients r·roomSize … (r+1)·roomSize − 1. */
  readonly roomSize: number;
  readonly rooms: number;
  readonly planned: { readonly warmup: number; readonly measure: number };
}

/** The rooms r with r mod count = index, their clients and their messages. Rooms never straddle shards. */
export interface Shard {
  readonly index: number;
  readonly count: number;
  readonly plan: RunPlan;
}
