import type { Comparison } from '../../gate/compare/comparison.ts';
import type { Verdict } from '../../gate/verdict.ts';
import { formatPlural } from '../../quantities.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { describeExperiment } from '../describe-experiment.ts';
import { annotation } from './annotation.ts';

/** An error for each subject that has become worse, with size and confidence; a warning for each doubt. Empty for a pass. */
export function annotateComparison({ verdict, reasons, base, head }: Comparison): string {
  if (verdict === 'pass') return '';
  const title = `chatbench ${head.label} against ${base.label}`;
  return reasons.map((reason) => annotation(verdict === 'fail' ? 'error' : 'warning', title, reason)).join('');
}

/** A trial that counts, by the name of its directory. */
export interface JudgedTrial {
  readonly name: string;
  readonly verdict: Verdict;
}

/**
 * An error for each threshold that did not hold, with the trials in which it did not, and for each trial that cannot be trusted.
 */
export function annotateRepeat(scenario: string, trials: readonly JudgedTrial[]): string {
  const title = `chatbench ${scenario}`;
  const missed = new Map<string, string[]>();
  for (const { name, verdict } of trials)
    for (const { expression, actual, ok, undecided } of verdict.thresholds)
      if (!ok && undecided === undefined && verdict.status !== 'invalid')
        missed.set(expression, [...(missed.get(expression) ?? []), `${name}: ${actual}`]);
  const errors = [...missed].map(
    ([expression, where]) =>
      `${expression} did not hold in ${where.length} of ${formatPlural(trials.length, 'trial')} (${where.join(', ')})`,
  );
  const invalid = trials.flatMap(({ name, verdict }) => {
    const reasons = verdict.warnings.filter(({ invalidates }) => invalidates).map(({ message }) => message);
    return verdict.status === 'invalid' ? [`${name} cannot be trusted: ${reasons.join(' ')}`] : [];
  });
  return [...errors, ...invalid].map((text) => annotation('error', title, text)).join('');
}

/**
 * An error for each step that failed or cannot be trusted, where the steps are what is judged (a sweep, a matrix); of a search,
 * whose last steps fail by its nature, one where it found nothing. Empty where there is an answer.
 */
export function annotateExperiment(experiment: ExperimentResult): string {
  const { kind, scenario, steps, targetLost } = experiment;
  const title = `chatbench ${scenario}`;
  const isSearch = kind === 'capacity' || kind === 'curve';
  if (isSearch) {
    const { state, answer, sentences } = describeExperiment(experiment);
    if (state === 'found') return '';
    return annotation(state === 'open' ? 'warning' : 'error', title, `${answer}. ${sentences.join(' ')}`);
  }
  const lost = targetLost === null ? [] : [`the target was lost at ${targetLost.step}: ${targetLost.reason}`];
  const failed = steps.flatMap(({ label, verdict, bindings }) => {
    if (verdict === 'pass') return [];
    const reasons = bindings.map(({ text }) => text).join('; ');
    return [`${label} ${verdict === 'fail' ? 'failed' : 'cannot be trusted'}: ${reasons}`];
  });
  return [...failed, ...lost].map((text) => annotation('error', title, text)).join('');
}
