import type { Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeVerdict } from '../describe-verdict.ts';
import { plainText } from '../terminal/plain-text.ts';

/**
 * The verdict as workflow commands of GitHub Actions, one a line: an error for each missed threshold and each reason why the run
 * is invalid, a warning for each other one. Empty for a pass without warnings.
 */
export function renderAnnotations(result: RunResult, verdict: Verdict): string {
  const title = `chatbench ${result.scenario.name}`;
  const { reasons } = describeVerdict(result, verdict);
  const errors = verdict.status === 'pass' ? [] : reasons;
  const told = new Set(errors);
  const warnings = verdict.warnings.filter(({ message }) => !told.has(message));
  return [
    ...errors.map((reason) => command('error', title, reason)),
    ...warnings.map(({ message, remedy }) => command('warning', title, `${message}: ${remedy}`)),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function command(kind: 'error' | 'warning', title: string, message: string): string {
  return `::${kind} title=${escapeProperty(title)}::${escapeData(message)}`;
}

/** A line break would end the command, and what follows could be another. */
function escapeData(text: string): string {
  return plainText(text).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
