import type { Grade } from '../../choices.ts';
import type { Operator } from '../threshold.ts';

/** What one figure of a row has to be for each grade. */
export interface Criterion {
  /** As in a threshold, such as "delivery.p99" or "lost"; "capacity", what a search has found; or "recovery", see `measureRecovery`. */
  readonly metric: string;
  readonly operator: Operator;
  /** For A, B, C and D, as in a threshold; of a single one, what does not hold it is F. */
  readonly limits: readonly string[];
  /** Where the limits come from. */
  readonly reason: string;
}

const BY_LIMIT: readonly Grade[] = ['A', 'B', 'C', 'D'];

/** The thresholds of a criterion, the best grade first. */
export function thresholdsOf({ metric, operator, limits }: Criterion): readonly string[] {
  return limits.map((limit) => `${metric} ${operator} ${limit}`);
}

/** The grade of the first limit that holds; F where none does. */
export function gradeAt(firstHeld: number): Grade {
  return BY_LIMIT[firstHeld] ?? 'F';
}
