import { EXIT, type ExitCode } from '../errors.ts';
import type { RunResult } from '../result/run-result.ts';
import { assessValidity } from './assess-validity.ts';
import { exitCodeOfInterruption } from './exit-code-of-interruption.ts';
import { knownOf } from './known-run.ts';
import { type Measured, measureThreshold, outcomeOf, parseThreshold } from './threshold.ts';
import type { ThresholdOutcome, Verdict, Warning } from './verdict.ts';

const STATUS = { pass: EXIT.pass, fail: EXIT.thresholdFailed, invalid: EXIT.invalid } as const;

/**
 * The judgement of a run: invalid where its figures cannot be trusted or a threshold has no data, else fail where a
 * threshold does not hold or has ended the run early, else pass. Pure: the same result and expressions give the same verdict.
 *
 * The exit code follows the status, save that an interrupted run ends with its signal's.
 *
 * @param expressions  normally `result.scenario.thresholds`; one that cannot be read counts as without data, never as passed
 */
export function judge(result: RunResult, expressions: readonly string[]): Verdict {
  const judged = [...expressions, ...implied(result, expressions)].map((expression) =>
    applyThreshold(expression, result),
  );
  const { aborted } = result;
  const thresholds = judged.map(({ outcome }) => outcome);
  const warnings = [...assessValidity(result), ...judged.flatMap(({ warning }) => warning ?? [])];
  const isInvalid = warnings.some((warning) => warning.spoils);
  const status = isInvalid
    ? 'invalid'
    : aborted === null && thresholds.every((outcome) => outcome.ok)
      ? 'pass'
      : 'fail';
  const exitCode: ExitCode =
    result.interruptedBy === null ? STATUS[status] : exitCodeOfInterruption(result.interruptedBy);
  return { status, exitCode, thresholds, warnings };
}

/** What the target may never do, whatever is asked for: to leave clients without a connection to send by. */
function implied({ samples }: RunResult, expressions: readonly string[]): readonly string[] {
  const isAsked = expressions.some((expression) => /^\s*unsendable\b/.test(expression));
  return samples.ledger.unsendable === 0 || isAsked ? [] : ['unsendable == 0'];
}

function applyThreshold(
  expression: string,
  result: RunResult,
): { readonly outcome: ThresholdOutcome; readonly warning?: Warning } {
  const { aborted, scenario } = result;
  // What ended the run does not hold, whatever arrived afterwards.
  if (aborted?.expression === expression) return { outcome: { expression, actual: aborted.actual, ok: false } };
  const parsed = parseThreshold(
    expression,
    scenario.load.stages.flatMap(({ name }) => name ?? []),
  );
  if (!parsed.ok) {
    const warning = withoutData(`the threshold '${expression}' cannot be judged: ${parsed.problem}`);
    return { outcome: { expression, actual: 'no data', ok: false }, warning };
  }
  const figure =
    result.seconds === null || parsed.threshold.window === null
      ? measureThreshold(parsed.threshold, knownOf(result))
      : recallFigure(expression, result.seconds);
  const outcome = outcomeOf(parsed.threshold, figure);
  // What the run was ended before can have no data; that it failed is known.
  if (aborted !== null || figure !== null) return { outcome };
  return { outcome, warning: withoutData(`the threshold '${expression}' cannot be judged: no data`) };
}

/** Of a run whose result has not all of its seconds, what they came to when they were there. */
function recallFigure(expression: string, { figures }: NonNullable<RunResult['seconds']>): Measured | null {
  const figure = figures.find((candidate) => candidate.expression === expression);
  return figure === undefined ? null : { value: figure.value ?? Number.POSITIVE_INFINITY, span: figure.stretch };
}

function withoutData(message: string): Warning {
  return {
    code: 'no-data',
    spoils: true,
    message,
    remedy: 'set it on a metric that this target and scenario yield',
  };
}
