import { formatShare, tellLatency } from '../quantities.ts';
import type { RunResult } from '../result/run-result.ts';
import { CLOCK_REMEDY, doubtClocks } from './doubt-clocks.ts';
import { VALIDITY_LIMITS } from './finding.ts';
import { remedyAgainst } from './generator-quota.ts';
import { knownOf } from './known-run.ts';
import type { Blame } from './metric.ts';
import { readSubject, readSubjectOfTarget } from './subject.ts';
import { type Measured, measureThreshold, outcomeOf, parseThreshold, type Threshold } from './threshold.ts';
import { describeTooFew, findTooFew, readIfEnough } from './too-few.ts';
import type { ThresholdOutcome, Warning } from './verdict.ts';

/** A threshold's outcome, and what it says of the run. */
export interface JudgedThreshold {
  readonly outcome: ThresholdOutcome;
  /** Of its metric; null where none is known. */
  readonly blame: Blame | null;
  readonly warning: Warning | null;
}

/** Pure. An expression that cannot be read counts as without data, never as held. */
export function judgeThreshold(expression: string, result: RunResult): JudgedThreshold {
  const { aborted, scenario } = result;
  const parsed = parseThreshold(
    expression,
    scenario.load.stages.flatMap(({ name }) => name ?? []),
  );
  if (!parsed.ok) {
    const warning = withoutData(`the threshold '${expression}' cannot be judged: ${parsed.problem}`);
    return { outcome: { expression, actual: 'no data', ok: false }, blame: null, warning };
  }
  const { threshold } = parsed;
  const { blame } = threshold.metric;
  if (threshold.metric.applies?.(result) === false) {
    return { outcome: { expression, actual: 'not applicable', ok: true }, blame, warning: null };
  }
  const figure = measure(threshold, result);
  const measured = outcomeOf(threshold, figure);
  // What ended the run does not hold, whatever arrived afterwards.
  const outcome = aborted?.expression === expression ? { ...measured, actual: aborted.actual, ok: false } : measured;
  if (figure === null && aborted?.expression !== expression) {
    // What the run was ended before can have no data, nor what nobody had a connection for; that it failed is known.
    const isKnown = aborted !== null || result.samples.ledger.unsendable > 0;
    const warning = isKnown ? null : withoutData(`the threshold '${expression}' cannot be judged: no data`);
    return { outcome, blame, warning };
  }
  const few = aborted?.expression === expression ? null : judgeFew(threshold, result);
  if (few !== null) return { outcome: { ...outcome, ok: false, undecided: few.reason }, blame, warning: few.warning };
  const clocks = aborted?.expression === expression ? null : doubtClocks(threshold, figure, outcome.actual, result);
  const told = clocks === null ? outcome : { ...outcome, actual: clocks.actual };
  const inDoubt = clocks !== null && clocks.reason !== null ? { reason: clocks.reason, remedy: CLOCK_REMEDY } : null;
  const excused = inDoubt ?? (outcome.ok ? null : excuse(threshold, figure, result));
  if (excused === null) return { outcome: told, blame, warning: null };
  return { outcome: { ...told, ok: false, undecided: excused.reason }, blame, warning: undecided(told, excused) };
}

/** Of a run whose result has not all of its seconds, windows are what they came to when those were there. */
function measure(threshold: Threshold, result: RunResult, read = readSubject): Measured | null {
  if (result.seconds === null || threshold.window === null) return measureThreshold(threshold, knownOf(result), read);
  const figure = result.seconds.figures.find(({ expression }) => expression === threshold.expression);
  if (figure === undefined) return null;
  const value = read === readSubject ? figure.value : figure.ofTarget;
  return { value: value ?? Number.POSITIVE_INFINITY, span: figure.stretch };
}

/** Why a threshold that is missed says nothing of the target, and what is to be done. */
interface Excuse {
  readonly reason: string;
  readonly remedy: string;
}

/** Null where it does say something of the target. */
function excuse(threshold: Threshold, figure: Measured | null, result: RunResult): Excuse | null {
  const { metric } = threshold;
  const remedy = remedyAgainst(result.samples, LEAVE_ALONE);
  if (metric.blame === 'generator') return { reason: "it is a figure of the generator's own", remedy };
  const ofTarget = metric.yields === 'figure' ? null : measure(threshold, result, readSubjectOfTarget);
  if (ofTarget === null || !outcomeOf(threshold, ofTarget).ok) return excuseByOthers(threshold, figure, result);
  const value = tellLatency(ofTarget.value);
  return { reason: `without what the generator sent or read late it would be at most ${value}`, remedy };
}

const LEAVE_ALONE =
  'give the generator cores of its own, see that nothing else runs and nothing stops it, or lower the rate';

/** Of a time or a rate, the share of the machine that was taken from it; null where that does not explain how far it is from its limit. */
function excuseByOthers({ metric, limit }: Threshold, figure: Measured | null, { host }: RunResult): Excuse | null {
  if (metric.yields !== 'times' && metric.unit !== 'rate') return null;
  const { foreignRatio, stealRatio } = host;
  const taken = Math.max(foreignRatio ?? 0, stealRatio ?? 0);
  if (taken <= VALIDITY_LIMITS.foreignExcuseRatio) return null;
  const value = figure?.value ?? 0;
  const factor = Math.max(value, limit) / Math.max(1, Math.min(value, limit));
  if (!(factor <= VALIDITY_LIMITS.foreignFactor)) return null;
  const who = taken === foreignRatio ? 'other programs' : 'the hypervisor';
  const reason = `${who} took ${formatShare(taken)} of this machine's CPU time, which may explain it`;
  return { reason, remedy: LEAVE_ALONE };
}

/** Where there are too few values, and none of its stretches that has enough is missed: why, and what is to be done. */
function judgeFew(threshold: Threshold, result: RunResult): { reason: string; warning: Warning | null } | null {
  // Of a run so long that its result has not all of its seconds, how many values a window had is not told, and never was little.
  if (result.seconds !== null && threshold.window !== null) return null;
  const known = knownOf(result);
  const few = findTooFew(threshold, known);
  if (few === null) return null;
  const solid = measureThreshold(threshold, known, readIfEnough);
  if (solid !== null && !outcomeOf(threshold, solid).ok) return null;
  const { warmupEndUs, measureEndUs } = result.phases;
  const reason = describeTooFew(threshold, few, measureEndUs - warmupEndUs);
  // A run that ended early is told as such.
  if (result.completeness.status === 'partial') return { reason, warning: null };
  const message = `'${threshold.expression}' is undecided: ${reason}`;
  const remedy = 'let the run be that long, raise the rate, or set the threshold on a lower percentile';
  return { reason, warning: { code: 'too-few', invalidates: true, message, remedy } };
}

function undecided({ expression, actual }: ThresholdOutcome, { reason, remedy }: Excuse): Warning {
  return {
    code: 'undecided',
    invalidates: true,
    message: `'${expression}' is undecided, at ${actual}: ${reason}`,
    remedy,
  };
}

function withoutData(message: string): Warning {
  return {
    code: 'no-data',
    invalidates: true,
    message,
    remedy: 'set it on a metric that this target and scenario yield',
  };
}
