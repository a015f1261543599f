import type { ThresholdOutcome, Verdict } from '../gate/verdict.ts';
import { formatPlural } from '../quantities.ts';
import type { RunResult } from '../result/run-result.ts';

/** Why a run failed, and which thresholds were missed by that. At least one. */
export interface Failure {
  readonly reason: string;
  readonly missed: readonly ThresholdOutcome[];
}

/**
 * The causes of a failed run, each once: thresholds that are missed by clients without a connection, or by what was lost, are told with
 * it. Where the scenario itself breaks things, what follows from that is not known.
 */
export function describeFailures(result: RunResult, verdict: Verdict): readonly Failure[] {
  const missed = verdict.thresholds.filter(({ ok, undecided }) => !ok && undecided === undefined);
  const connections = findConnectionCause(result, verdict);
  const byConnections = connections === null ? [] : missed.filter((outcome) => isOfConnections(outcome, result));
  const rest = missed.filter((outcome) => !byConnections.includes(outcome));
  const lost = rest.find(({ expression }) => subjectOf(expression) === 'lost');
  const byLoss = lost === undefined ? [] : rest.filter((outcome) => outcome !== lost && isEndless(outcome));
  const others = rest.filter((outcome) => outcome !== lost && !byLoss.includes(outcome));
  return [
    ...(byConnections.length === 0
      ? []
      : [{ reason: `${connections}. Missed by that: ${listMissed(byConnections)}.`, missed: byConnections }]),
    ...(lost === undefined ? [] : [describeLoss(lost, byLoss)]),
    ...others.map((outcome) => ({ reason: describeMissed(outcome), missed: [outcome] })),
  ];
}

/** What the target did to connections, with its own words for it; null where it did nothing, or the scenario had it done. */
function findConnectionCause({ scenario }: RunResult, { warnings }: Verdict): string | null {
  if (scenario.faults.length > 0) return null;
  const messages = warnings
    .filter(({ code }) => code === 'connections-failed' || code === 'connections-dropped')
    .map(({ message }) => message);
  return messages.length === 0 ? null : messages.join('; ');
}

/** Whether a client without a connection misses the threshold: it sends nothing, is acknowledged nothing, and gets nothing. */
function isOfConnections(outcome: ThresholdOutcome, { samples: { ledger } }: RunResult): boolean {
  const subject = subjectOf(outcome.expression);
  if (/^(?:connect|reconnect)\b|^(?:dropped|unsendable|reached)$/.test(subject)) return true;
  return (subject === 'lost' && ledger.unsendable > 0) || isEndless(outcome) || outcome.actual === 'no data';
}

function describeLoss(lost: ThresholdOutcome, byLoss: readonly ThresholdOutcome[]): Failure {
  const besides = byLoss.length === 0 ? '' : ` Missed by that, too: ${listMissed(byLoss)}.`;
  return { reason: describeMissed(lost) + besides, missed: [lost, ...byLoss] };
}

function describeMissed({ expression, actual }: ThresholdOutcome): string {
  return `${expression} did not hold: it was ${actual}.`;
}

function listMissed(outcomes: readonly ThresholdOutcome[]): string {
  const [first, ...more] = outcomes.map(({ expression, actual }) => `${expression} (${actual})`);
  const told = more.slice(0, MISSED_TOLD - 1);
  const untold = more.length - told.length;
  return [first, ...told].join(', ') + (untold > 0 ? ` and ${formatPlural(untold, 'other')}` : '');
}

const MISSED_TOLD = 6;

/** A time whose rank falls among what never came. */
function isEndless({ expression, actual }: ThresholdOutcome): boolean {
  return actual.startsWith('∞') && /^(?:delivery|service|fanout|ack)/.test(subjectOf(expression));
}

function subjectOf(expression: string): string {
  return expression.trim().split(/[\s<>=!]/, 1)[0]!;
}
