import type { TargetFailure, TargetFaults } from '../running-target.ts';
import type { LaunchPlan, TargetFacts } from './launch-plan.ts';

/** A target as its supervisor holds it. */
export interface ServedTarget {
  readonly facts: TargetFacts;
  /** Where the logs of its components are; null where all of it is one process. */
  readonly logDirectory: string | null;
  readonly failure: Promise<TargetFailure>;
  readonly faults: TargetFaults;
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
