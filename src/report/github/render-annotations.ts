import type { Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeVerdict } from '../describe-verdict.ts';
import { annotation } from './annotation.ts';

/**
 * The verdict as workflow commands of GitHub Actions, one a line: an error for each cause of missed thresholds and each reason why the run
 * is invalid, a warning for each other one. Empty for a pass without warnings.
 */
export function renderAnnotations(result: RunResult, verdict: Verdict): string {
  const title = `chatbench ${result.scenario.name}`;
  const { reasons } = describeVerdict(result, verdict);
  const errors = verdict.status === 'pass' ? [] : reasons;
  const warnings = verdict.warnings.filter(({ message }) => !errors.some((reason) => reason.includes(message)));
  return [
    ...errors.map((reason) => annotation('error', title, reason)),
    ...warnings.map(({ message, remedy }) => annotation('warning', title, `${message}: ${remedy}`)),
  ].join('');
}
