import { ChatbenchError } from '../../errors.ts';
import type { TargetFailure } from '../../launch/running-target.ts';

/** In a few words: what of the target died, and how. */
export function describeFailure({ component, reason }: TargetFailure): string {
  return `${component} of the target: ${reason}`;
}

/** The error of a run whose target died under it, with the last lines of the component's log. */
export function targetFailed(failure: TargetFailure, hint: string = KEPT): ChatbenchError {
  return new ChatbenchError('target-failed', [describeFailure(failure), ...failure.logTail].join('\n'), {
    hint,
  });
}

const KEPT = 'what was measured until then is in the result';

/** The hint where it died too early for a result. */
export const NOTHING_MEASURED = 'it died before the first message, so there is no result; its log is above';
