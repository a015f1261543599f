import type { Verdict, WarningCode } from '../gate/verdict.ts';
import { formatCount, formatLatency, formatPlural, formatShare } from '../quantities.ts';
import { summarizeHistogram } from '../record/histogram-summary.ts';
import type { LedgerCounts } from '../record/samples.ts';
import { countUndeclaredLimited } from '../record/undeclared-refusals.ts';
import type { RunResult } from '../result/run-result.ts';
import { describeFailures } from './describe-failures.ts';
import { serviceTimeLabel } from './service-time-label.ts';

export interface VerdictWords {
  readonly word: 'Pass' | 'Fail' | 'Invalid';
  /** Why, one sentence each. At least one. */
  readonly reasons: readonly string[];
  /** What recipients experienced, in one or two sentences. */
  readonly finding: string;
}

/** A verdict in words for somebody who has never seen a report. */
export function describeVerdict(result: RunResult, verdict: Verdict): VerdictWords {
  const finding = describeFinding(result);
  if (verdict.status === 'invalid') return { word: 'Invalid', reasons: invalidReasons(verdict), finding };
  if (verdict.status === 'fail') return { word: 'Fail', reasons: failReasons(result, verdict), finding };
  return { word: 'Pass', reasons: [passReason(verdict)], finding };
}

/** What to do about the first of what makes a run invalid; null where nothing does. */
export function describeRemedy({ status, warnings }: Verdict): string | null {
  if (status !== 'invalid') return null;
  return warnings.find(({ invalidates }) => invalidates)?.remedy ?? null;
}

/** What became of the messages, without how long it took. */
export function describeDeliveries(result: RunResult): string {
  const { ledger, histograms } = result.samples;
  const isNothing = ledger.once === 0 || histograms.delivery === '';
  return [
    isNothing ? describeNothing(ledger) : describeArrival(ledger),
    ...describeUnsendable(ledger),
    ...describeLimited(result),
  ].join(' ');
}

function invalidReasons(verdict: Verdict): readonly string[] {
  const invalidating = verdict.warnings.filter((warning) => warning.invalidates);
  const isSlow = invalidating.some(({ code }) => SLOW_GENERATOR.includes(code));
  // What a generator explains that is late is told with it, and not once more for every threshold.
  const reasons = invalidating.filter(({ code }) => !isSlow || code !== 'undecided').map((warning) => warning.message);
  return reasons.length > 0 ? reasons : ['The figures cannot be trusted.'];
}

const SLOW_GENERATOR: readonly WarningCode[] = [
  'lateness',
  'generator-cpu',
  'generator-starved',
  'generator-throttled',
];

function failReasons(result: RunResult, verdict: Verdict): readonly string[] {
  const failures = describeFailures(result, verdict);
  return failures.length === 0 ? ['A threshold was not held.'] : failures.map(({ reason }) => reason);
}

function passReason(verdict: Verdict): string {
  const count = verdict.thresholds.length;
  if (count === 0) return 'No threshold was set.';
  return count === 1 ? 'The threshold holds.' : `All ${count} thresholds hold.`;
}

function describeFinding(result: RunResult): string {
  const { ledger, histograms } = result.samples;
  const delivery = summarizeHistogram(histograms.delivery);
  if (delivery === null || ledger.once === 0) return describeDeliveries(result);
  const waits = `95 % of deliveries took at most ${formatLatency(delivery.p95Us)}, the slowest ${formatLatency(delivery.maxUs)}${serviceTimeLabel(result)}.`;
  return `${waits} ${describeDeliveries(result)}`;
}

function describeNothing({ expected, lost }: LedgerCounts): string {
  const isLost = expected > 0 && lost === expected;
  return isLost
    ? `Nothing was delivered: ${expected === 1 ? 'the delivery that was' : `all ${formatCount(expected)} deliveries that were`} expected never came.`
    : 'Nothing was delivered, so there is no latency to report.';
}

/** What was not sent cannot be late or lost, so that all the rest may look perfect. */
function describeUnsendable({ unsendable, planned }: LedgerCounts): readonly string[] {
  if (unsendable === 0) return [];
  return [
    `The target had left no connection for ${formatCount(unsendable)} of ${formatPlural(planned, 'message')} to be sent by.`,
  ];
}

/** Nobody waits for what was refused by a quota, so that all the rest may look perfect. */
function describeLimited({ samples: { ledger }, scenario: { target } }: RunResult): readonly string[] {
  const refused = countUndeclaredLimited(ledger, target);
  if (refused === 0) return [];
  return [`But the server refused ${formatShare(refused / Math.max(1, ledger.sent))} of the messages.`];
}

function describeArrival(ledger: LedgerCounts): string {
  const troubles = [
    [ledger.lost, 'lost'],
    [ledger.duplicated, 'duplicated'],
    [ledger.reordered, 'out of order'],
    [ledger.misrouted, 'misrouted'],
  ] as const;
  const found = troubles.filter(([count]) => count > 0).map(([count, word]) => `${formatCount(count)} ${word}`);
  if (found.length > 0) return `Of ${formatPlural(ledger.expected, 'delivery', 'deliveries')}: ${found.join(', ')}.`;
  return `All ${formatPlural(ledger.expected, 'delivery', 'deliveries')} arrived exactly once and in order.`;
}
