import type { TargetFaults } from '../target-faults.ts';
import type { LaunchPlan, TargetFacts } from './launch-plan.ts';
import type { TargetFailure } from './running-target.ts';

/** A target as its supervisor holds it. */
export interface ServedTarget {
  readonly facts: TargetFacts;
  /** Where the logs of its components are; null where all of it is one process. */
  readonly logDirectory: string | null;
  readonly failure: Promise<TargetFailure>;
  readonly faults: TargetFaults;
  /** Tells of components that were started again, and of the processes that they now are; absent where there are none. */
  readonly followRestarts?: (onRestarted: (process: TargetFacts['processes'][number]) => void) => void;
  stop(): Promise<void>;
}

/**
 * Brings a target up. Where it rejects or `signal` aborts, it has left nothing behind.
 * Rejects with `StartFailure` or `ChatbenchError`.
 */
export type StartTarget = (
  plan: LaunchPlan,
  signal: AbortSignal,
  onProgress: (component: string) => void,
) => Promise<ServedTarget>;
