import { ChatbenchError } from '../../errors.ts';
import type { ChoiceRule } from '../../gate/compare/choose-trials.ts';
import type { RunOptions } from './run-options.ts';

/**
 * How many trials are wanted, which of them count, and how many may be run for that.
 *
 * @throws ChatbenchError `usage` where fewer may be run than are wanted
 */
export function readChoiceRule({ repeat, maxSteal, maxTrials }: RunOptions): ChoiceRule {
  const mostTrials = maxTrials ?? 2 * repeat;
  if (mostTrials >= repeat) return { wanted: repeat, mostTrials, maxStealRatio: maxSteal };
  throw new ChatbenchError('usage', `--max-trials ${mostTrials}: expected at least ${repeat}, as --repeat asks for`);
}
