import { TLS_REMEDY } from '../host-rules.ts';
import { describeInterruption } from '../interruption.ts';
import { formatCount, formatDuration, formatLatency, formatRate } from '../quantities.ts';
import { CLOSED_HERE } from '../record/connection-counts.ts';
import { summarizeHistogram } from '../record/histogram-summary.ts';
import type { LedgerCounts } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';
import { invalid, type Rules, type RunCode, VALIDITY_LIMITS, warn } from './finding.ts';
import { GENERATOR_RULES } from './generator-rules.ts';
import { TARGET_RULES } from './target-rules.ts';
import type { Warning } from './verdict.ts';
import { fallOfP95 } from './warming-up.ts';

/** What became of the run itself: whether it came through, and whether it adds up. */
const RUN_RULES: Rules<Exclude<RunCode, keyof typeof GENERATOR_RULES | keyof typeof TARGET_RULES>> = {
  'no-data': ({ samples, completeness }) => {
    const { sent, expected, once, unsendable } = samples.ledger;
    // What was expected and never came is the target's: lost, or without a connection to be sent by.
    const isNothingDue = expected === 0 && unsendable === 0;
    const isUnmeasured = once > 0 && summarizeHistogram(samples.histograms.delivery) === null;
    // Of a run that was killed only its seconds are there, and that it is partial is said.
    const isWhole = completeness.status === 'complete';
    const unscheduled = isWhole && sent > 0 && summarizeHistogram(samples.histograms.lateness) === null;
    if (!isNothingDue && !isUnmeasured && !unscheduled) return null;
    const text = isNothingDue
      ? `no delivery was expected: ${formatCount(sent)} messages sent, none that anybody should have received`
      : isUnmeasured
        ? `no delivery was measured: ${formatCount(sent)} messages sent, no latency recorded`
        : 'lateness was not recorded, so that nothing is known of the schedule';
    return invalid(text, 'see whether clients connect and messages reach anyone at a low rate: --rate 10');
  },

  interrupted: ({ interruptedBy, aborted, completeness, shards }) => {
    if (aborted !== null && interruptedBy === null) return null;
    if (interruptedBy !== null)
      return invalid(`the run was ${describeInterruption(interruptedBy)}`, 'let the run finish');
    if (completeness.status === 'complete' || shards.reported < shards.planned) return null;
    return invalid(`the run is partial: ${completeness.reason ?? 'it ended early'}`, 'let the run finish');
  },

  aborted: ({ aborted, scenario }) => {
    if (aborted === null) return null;
    return warn(
      `ended early, after ${formatDuration(aborted.atUs)}: '${aborted.expression}' was at ${aborted.actual}`,
      scenario.aborts.some(({ expression }) => expression === aborted.expression)
        ? 'the figures are of the part that was run; leave out `abort: true` to see all of it'
        : 'nobody was connected, so that nothing could have come of the rest',
    );
  },

  'shard-lost': ({ shards }) => {
    if (shards.reported >= shards.planned) return null;
    return invalid(
      `${shards.planned - shards.reported} of ${shards.planned} shards did not report; the figures are of the others`,
      'see why the shard process ended; memory and open files are the usual reasons',
    );
  },

  'fault-failed': ({ timeline }) => {
    const failed = timeline.filter(({ kind }) => kind === 'fault-failed');
    if (failed.length === 0) return null;
    return invalid(
      `a fault could not be brought about: ${failed[0]!.text}`,
      'use a target that can be broken, such as --target local, and components that it has',
    );
  },

  skipped: ({ samples: { ledger, posts } }) => {
    if (ledger.skipped === 0) return null;
    return invalid(
      `${formatCount(ledger.skipped)} of ${formatCount(ledger.planned)} planned messages were not sent`,
      posts === null
        ? 'see whether connections failed or dropped; lower the rate or the number of clients'
        : 'see whether connections failed or dropped; raise `connections` of `send: http`, lower the rate or the number of clients',
    );
  },

  paused: ({ timeline, phases }) => {
    const pauses = timeline.filter(({ kind }) => kind === 'paused').length;
    if (pauses === 0) return null;
    return invalid(
      `arrivals were paused by hand ${formatCount(pauses)} ×, for ${formatDuration(pausedUs(timeline, phases.measureEndUs))} in all`,
      'let the run go through: what fell due meanwhile was not sent',
    );
  },

  'closed-loop': ({ scenario }) => {
    if (scenario.load.loop === 'open') return null;
    return warn(
      'closed loop: all figures are service times, and a server that stalls is asked less',
      'run without --closed for what users experience at a given load',
    );
  },

  'odd-values': ({ samples: { oddValues, ledger, warmupLedger }, schedule, completeness }) => {
    if (oddValues > 0) {
      const text = `${formatCount(oddValues)} values are negative, not a number or out of range`;
      return invalid(text, 'a clock or chatbench itself is at fault: please report it with result.json');
    }
    // A run that ended early has reached only a part of its plan, and says so itself.
    if (completeness.status === 'partial') return null;
    const gap =
      describeGap('warm-up', warmupLedger, schedule?.warmup) ?? describeGap('measure', ledger, schedule?.measure);
    if (gap === null) return null;
    const remedy = 'chatbench itself is at fault: please report it with result.json';
    return invalid(`the ledger does not add up: ${gap}`, remedy);
  },

  'connections-failed': ({ samples: { connections, ledger } }) => {
    if (connections.failed === 0) return null;
    const text = `${formatCount(connections.failed)} of ${formatCount(connections.attempted)} connections failed`;
    return {
      // Where messages had no connection to go by, the run fails by that.
      invalidates: connections.opened === 0 && ledger.unsendable === 0,
      message: text + listReasons(connections.failures),
      remedy: Object.keys(connections.failures).some((reason) => reason.includes('TLS: '))
        ? TLS_REMEDY
        : "see the target's log, its limit of connections and the connect timeout",
    };
  },

  'connections-dropped': ({ samples: { connections }, scenario }) => {
    if (connections.dropped === 0) return null;
    const back = connections.reconnected > 0 ? `, and came back ${formatCount(connections.reconnected)} times` : '';
    const isHere = Object.keys(connections.drops).some((reason) => reason.startsWith(CLOSED_HERE));
    const ended = isHere ? 'ended before the run did' : 'were closed by the other side';
    return warn(
      `${formatCount(connections.dropped)} of ${formatCount(connections.opened)} connections ${ended}${back}${listReasons(connections.drops)}`,
      scenario.faults.length > 0
        ? 'the scenario breaks things on purpose: see the timeline of the report'
        : "see the target's log and the idle timeout of any proxy in between",
    );
  },

  'connect-pace': ({ samples: { connections }, scenario: { population } }) => {
    if (population.connectPerSecond === null || connections.paceLagUs <= VALIDITY_LIMITS.paceLagUs) return null;
    return warn(
      `connects began up to ${formatDuration(connections.paceLagUs)} after they were due: the pace of ${formatRate(population.connectPerSecond)} was not kept`,
      'the server accepts more slowly than that; `connect` counts from the due time, `connect.service` from the attempt',
    );
  },

  'frames-untold': ({ samples: { connections, ledger } }) => {
    if (connections.untoldFrames === 0) return null;
    const isAnswered = ledger.acked + ledger.rejected > 0;
    const unanswered = isAnswered ? ledger.sent - ledger.acked - ledger.rejected : 0;
    const remedy = 'name what stands between them with `separator` in the description: see docs/your-server.md';
    const text = `${formatCount(connections.untoldFrames)} frames held several messages of which nothing tells what each of them is`;
    if (ledger.lost + ledger.duplicated + unanswered === 0) return warn(text, remedy);
    return invalid(`${text}: what is missing or double may be in them`, remedy);
  },

  'warming-up': (result) => {
    const fall = fallOfP95(result);
    if (fall === null) return null;
    return warn(
      `p95 of delivery fell from ${formatLatency(fall.firstUs)} to ${formatLatency(fall.lastUs)} during measure: the target was still warming up`,
      'give it a longer --warmup, such as 20s, and compare only runs that had it',
    );
  },

  'warmup-loss': ({ samples: { warmupLedger } }) => {
    if (warmupLedger.lost === 0) return null;
    return warn(
      `${formatCount(warmupLedger.lost)} of ${formatCount(warmupLedger.expected)} deliveries of the warm-up were lost`,
      'the figures leave the warm-up out; run with --warmup 0s to have it counted',
    );
  },

  'no-history': ({ samples: { ledger, connections }, scenario: { protocol, reconnect } }) => {
    const isDescribed = typeof protocol === 'object' && protocol.kind === 'template';
    const wereAway = reconnect !== null && connections.left + connections.dropped > 0;
    if (!isDescribed || !wereAway || ledger.lost === 0) return null;
    return warn(
      'clients that come back fetch nothing, since a described protocol has no history: what the server does not send again counts as lost',
      'have the server send it again, or write a module with `history`: see docs/your-server.md',
    );
  },
};

const RULES: Rules<RunCode> = { ...RUN_RULES, ...GENERATOR_RULES, ...TARGET_RULES };

/** Every way in which numbers may lie, in the order in which they are told. */
export const WARNING_CODES = Object.keys(RULES) as readonly RunCode[];

/** What follows from what: one cause is one reason, and what it brings about is not told as another. */
const CAUSES: { readonly [Code in RunCode]?: readonly RunCode[] } = {
  paused: ['interrupted'],
  skipped: ['interrupted', 'paused'],
};

/** Every way in which this run's numbers may lie. Pure; empty for a sound run. */
export function assessValidity(result: RunResult): readonly Warning[] {
  const found = new Map(WARNING_CODES.map((code) => [code, RULES[code](result)]));
  return [...found].flatMap(([code, finding]) => {
    const isConsequence = CAUSES[code]?.some((cause) => found.get(cause) != null) === true;
    return finding === null || isConsequence ? [] : [{ code, ...finding }];
  });
}

/** The three most frequent reasons, behind a colon; empty where none is known. */
function listReasons(reasons: Readonly<Record<string, number>>): string {
  const told = Object.entries(reasons)
    .sort(([, one], [, other]) => other - one)
    .slice(0, REASONS_TOLD)
    .map(([reason, times]) => `${reason} × ${formatCount(times)}`);
  return told.length === 0 ? '' : `: ${told.join(', ')}`;
}

const REASONS_TOLD = 3;

/** Where the audit of a phase leaves something out, in a few words; null where it accounts for all of it. */
function describeGap(phase: string, ledger: LedgerCounts, scheduled: number | undefined): string | null {
  const { planned, sent, skipped, unsendable, expected, once, lost } = ledger;
  if (scheduled !== undefined && planned !== scheduled) {
    return `of ${formatCount(scheduled)} messages that the plan has for ${phase}, ${formatCount(planned)} came up`;
  }
  const isWhole = planned === sent + skipped + unsendable && expected === once + lost;
  return isWhole ? null : `${phase} has messages or deliveries that are in no column`;
}

/** How long arrivals were paused, µs; a pause that was not ended lasts until the end of measure. */
function pausedUs(timeline: RunResult['timeline'], endUs: number): number {
  const marks = timeline.filter(({ kind }) => kind === 'paused' || kind === 'resumed');
  return marks.reduce((sum, { kind, atUs }, index) => {
    return kind === 'paused' ? sum + Math.max(0, (marks[index + 1]?.atUs ?? endUs) - atUs) : sum;
  }, 0);
}
