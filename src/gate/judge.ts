import { EXIT, type ExitCode } from '../errors.ts';
import type { RunResult } from '../result/run-result.ts';
import { assessValidity } from './assess-validity.ts';
import { exitCodeOfInterruption } from './exit-code-of-interruption.ts';
import { knownOf } from './known-run.ts';
import { measureThreshold, outcomeOf, parseThreshold } from './threshold.ts';
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
  const asked = expressions.map((expression) => applyThreshold(expression, result));
  const isBroken = asked.some(({ outcome }) => !outcome.ok);
  const judged = [
    ...asked,
    ...implied(result, expressions, isBroken).map((expression) => applyThreshold(expression, result)),
  ];
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

/**
 * What the target may never do, whatever is asked for: to leave clients without a connection to send by, and, where no threshold
 * has broken that says so, to deliver nothing.
 */
function implied({ samples }: RunResult, expressions: readonly string[], isBroken: boolean): readonly string[] {
  const { unsendable, expected, once } = samples.ledger;
  const isAsked = expressions.some((expression) => /^\s*unsendable\b/.test(expression));
  return [
    ...(unsendable === 0 || isAsked ? [] : ['unsendable == 0']),
    ...(expected === 0 || once > 0 || isBroken ? [] : [`lost < ${expected}`]),
  ];
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
  if (parsed.threshold.metric.applies?.(result) === false) {
    return { outcome: { expression, actual: 'not applicable', ok: true } };
  }
  const figure = measureThreshold(parsed.threshold, knownOf(result));
  const outcome = outcomeOf(parsed.threshold, figure);
  // What the run was ended before can have no data, nor what nobody had a connection for; that it failed is known.
  if (aborted !== null || figure !== null || result.samples.ledger.unsendable > 0) return { outcome };
  return { outcome, warning: withoutData(`the threshold '${expression}' cannot be judged: no data`) };
}

function withoutData(message: string): Warning {
  return {
    code: 'no-data',
    spoils: true,
    message,
    remedy: 'set it on a metric that this target and scenario yield',
  };
}
