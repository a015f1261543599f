import { EXIT, type ExitCode, type OwnExitCode } from '../errors.ts';
import type { RunResult } from '../result/run-result.ts';
import { assessValidity } from './assess-validity.ts';
import { exitCodeOfInterruption } from './exit-code-of-interruption.ts';
import { VALIDITY_LIMITS } from './finding.ts';
import { type JudgedThreshold, judgeThreshold } from './judge-threshold.ts';
import { longestStandstillUs } from './standstill.ts';
import type { Verdict, Warning, WarningCode } from './verdict.ts';

const STATUS = { pass: EXIT.pass, fail: EXIT.thresholdFailed, invalid: EXIT.invalid } as const;

/**
 * The judgement of a run. FAIL is what the target did: a threshold is missed by something that the instrument does not explain, or
 * has ended the run early. INVALID is what the instrument did: figures cannot be trusted, or a threshold is undecided or without data.
 * PASS is neither. Pure: the same result and expressions give the same verdict.
 *
 * The exit code follows the status, save that a missed threshold may have one of its own, and an interrupted run ends with its signal's.
 *
 * @param expressions  normally `result.scenario.thresholds`; one that cannot be read counts as without data, never as passed
 */
export function judge(result: RunResult, expressions: readonly string[]): Verdict {
  const asked = expressions.map((expression) => judgeThreshold(expression, result));
  const isMissed = asked.some(({ outcome }) => !outcome.ok && outcome.undecided === undefined);
  const judged = [
    ...asked,
    ...implied(result, expressions, isMissed).map((expression) => judgeThreshold(expression, result)),
  ];
  const warnings = [...assessValidity(result), ...judged.flatMap(({ warning }) => warning ?? [])];
  const status = judged.some((threshold) => isTargetsDoing(threshold, warnings, result))
    ? 'fail'
    : warnings.some(({ invalidates }) => invalidates)
      ? 'invalid'
      : 'pass';
  const otherwise = status === 'fail' ? exitCodeOfMissed(result, judged) : STATUS[status];
  const exitCode: ExitCode = result.interruptedBy === null ? otherwise : exitCodeOfInterruption(result.interruptedBy);
  return { status, exitCode, thresholds: judged.map(({ outcome }) => outcome), warnings };
}

/** Of a failed run: that of the first threshold that is missed and has one of its own. */
function exitCodeOfMissed({ scenario }: RunResult, judged: readonly JudgedThreshold[]): ExitCode {
  const missed = judged.filter(({ outcome }) => !outcome.ok && outcome.undecided === undefined);
  const own = missed.flatMap(
    ({ outcome }) => scenario.exits?.find(({ expression }) => expression === outcome.expression)?.exitCode ?? [],
  );
  return (own[0] as OwnExitCode | undefined) ?? EXIT.thresholdFailed;
}

/** What leaves nothing of a run to be relied on: a part of it is missing, or was not what it says. */
const VOIDING: readonly WarningCode[] = [
  'interrupted',
  'shard-lost',
  'fault-failed',
  'paused',
  'odd-values',
  'frames-untold',
];

/** Whether a threshold is missed by what the target did, whatever else is wrong with the run. */
function isTargetsDoing(
  { outcome, blame, warning }: JudgedThreshold,
  warnings: readonly Warning[],
  result: RunResult,
): boolean {
  if (outcome.ok || outcome.undecided !== undefined || warning !== null || blame === null) return false;
  const invalidating = warnings.filter(({ invalidates }) => invalidates);
  if (invalidating.some(({ code }) => VOIDING.includes(code))) return false;
  if (blame === 'target' || invalidating.length === 0) return true;
  return blame === 'patient' && longestStandstillUs(result) < VALIDITY_LIMITS.standstillUs;
}

/**
 * What the target may never do, whatever is asked for: to break what has ended the run, to leave clients without a connection to send
 * by, and, where no threshold has broken that says so, to deliver nothing.
 */
function implied(
  { samples, aborted }: RunResult,
  expressions: readonly string[],
  isMissed: boolean,
): readonly string[] {
  const { unsendable, expected, once } = samples.ledger;
  const broken = aborted === null || expressions.includes(aborted.expression) ? [] : [aborted.expression];
  const isAsked = [...expressions, ...broken].some((expression) => /^\s*unsendable\s*[<>=!]/.test(expression));
  return [
    ...broken,
    ...(unsendable === 0 || isAsked ? [] : ['unsendable == 0']),
    ...(expected === 0 || once > 0 || isMissed ? [] : [`lost < ${expected}`]),
  ];
}
