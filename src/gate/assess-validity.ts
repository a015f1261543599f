import { summarizeHistogram } from '../record/histogram-summary.ts';
import { shortestPlateauUs } from '../record/queue-depths.ts';
import type { ShardHealth } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';
import { formatBytes, formatCount, formatDurationUs, formatRatio } from '../units.ts';
import type { Warning, WarningCode } from './verdict.ts';

/** Where a figure becomes suspicious. Ratios are 0–1. */
export const VALIDITY_LIMITS = {
  cpuRatio: 0.95,
  starvedRatio: 0.25,
  /** Of equal runs on two shared cores, the median p95 begins to rise from here on; see docs/ci.md. */
  stealRatio: 0.02,
  gcTimeRatio: 0.05,
  openFilesRatio: 0.9,
  bufferedBytes: 1_048_576,
  queueGapRatio: 0.01,
  plateauUs: 1_000_000,
} as const;

type Finding = Omit<Warning, 'code'> | null;

/** One rule for each way in which the numbers of a run may lie, in the order in which they are told. */
const RULES: Readonly<Record<WarningCode, (result: RunResult) => Finding>> = {
  'no-data': ({ samples }) => {
    const missing = summarizeHistogram(samples.histograms.delivery) === null || samples.ledger.once === 0;
    const unscheduled = samples.ledger.sent > 0 && summarizeHistogram(samples.histograms.lateness) === null;
    if (!missing && !unscheduled) return null;
    const text = missing
      ? `no delivery was measured: ${formatCount(samples.ledger.sent)} messages sent, none received`
      : 'lateness was not recorded, so that nothing is known of the schedule';
    return spoiled(text, 'see whether clients connect and messages reach anyone at a low rate: --rate 10');
  },

  interrupted: ({ interruptedBy, aborted, completeness, shards }) => {
    if (aborted !== null && interruptedBy === null) return null;
    if (interruptedBy !== null) return spoiled(`the run was interrupted by ${interruptedBy}`, 'let the run finish');
    if (completeness.status === 'complete' || shards.reported < shards.planned) return null;
    return spoiled(`the run is partial: ${completeness.reason ?? 'it ended early'}`, 'let the run finish');
  },

  aborted: ({ aborted }) => {
    if (aborted === null) return null;
    return noted(
      `ended early, after ${formatDurationUs(aborted.atUs)}: '${aborted.expression}' was at ${aborted.actual}`,
      'the figures are of the part that was run; leave out `abort: true` to see all of it',
    );
  },

  'shard-lost': ({ shards }) => {
    if (shards.reported >= shards.planned) return null;
    return spoiled(
      `${shards.planned - shards.reported} of ${shards.planned} shards did not report; the figures are of the others`,
      'see why the shard process ended; memory and open files are the usual reasons',
    );
  },

  lateness: ({ samples, scenario }) => {
    const p99Us = summarizeHistogram(samples.histograms.lateness)?.p99Us ?? 0;
    if (p99Us <= scenario.latenessBudgetUs) return null;
    return spoiled(
      `messages went out late: p99 ${formatDurationUs(p99Us)}, budget ${formatDurationUs(scenario.latenessBudgetUs)}`,
      samples.posts === null
        ? 'lower the rate, or give the generator a core of its own'
        : 'where requests wait for a connection, raise `connections` of `send: http` (rate × response time, see docs/your-server.md); otherwise lower the rate, or give the generator a core of its own',
    );
  },

  'fault-failed': ({ timeline }) => {
    const failed = timeline.filter(({ kind }) => kind === 'fault-failed');
    if (failed.length === 0) return null;
    return spoiled(
      `a fault could not be brought about: ${failed[0]!.text}`,
      'use a target that can be broken, such as --target local, and components that it has',
    );
  },

  skipped: ({ samples: { ledger, posts } }) => {
    if (ledger.skipped === 0) return null;
    return spoiled(
      `${formatCount(ledger.skipped)} of ${formatCount(ledger.planned)} planned messages were not sent`,
      posts === null
        ? 'see whether connections failed or dropped; lower the rate or the number of clients'
        : 'see whether connections failed or dropped; raise `connections` of `send: http`, lower the rate or the number of clients',
    );
  },

  paused: ({ timeline, phases }) => {
    const pauses = timeline.filter(({ kind }) => kind === 'paused').length;
    if (pauses === 0) return null;
    return spoiled(
      `arrivals were paused by hand ${formatCount(pauses)} ×, for ${formatDurationUs(pausedUs(timeline, phases.measureEndUs))} in all`,
      'let the run go through: what fell due meanwhile was not sent',
    );
  },

  'closed-loop': ({ scenario }) => {
    if (scenario.load.loop === 'open') return null;
    return noted(
      'closed loop: all figures are service times, and a server that stalls is asked less',
      'run without --closed for what users experience at a given load',
    );
  },

  'odd-values': ({ samples: { oddValues, ledger }, completeness }) => {
    const isWhole = ledger.planned === ledger.sent + ledger.skipped && ledger.expected === ledger.once + ledger.lost;
    if (oddValues > 0) {
      const text = `${formatCount(oddValues)} values are negative, not a number or out of range`;
      return spoiled(text, 'a clock or chatbench itself is at fault: please report it with result.json');
    }
    if (isWhole || completeness.status === 'partial') return null;
    return spoiled('the ledger does not add up', 'chatbench itself is at fault: please report it with result.json');
  },

  'connections-failed': ({ samples: { connections } }) => {
    if (connections.failed === 0) return null;
    const reasons = Object.entries(connections.failures).map(([reason, times]) => `${reason} × ${formatCount(times)}`);
    const text = `${formatCount(connections.failed)} of ${formatCount(connections.attempted)} connections failed`;
    return {
      spoils: connections.opened === 0,
      message: reasons.length === 0 ? text : `${text}: ${reasons.slice(0, 3).join(', ')}`,
      remedy: "see the target's log, its limit of connections and the connect timeout",
    };
  },

  'connections-dropped': ({ samples: { connections }, scenario }) => {
    if (connections.dropped === 0) return null;
    const back = connections.reconnected > 0 ? `, and came back ${formatCount(connections.reconnected)} times` : '';
    return noted(
      `${formatCount(connections.dropped)} of ${formatCount(connections.opened)} connections were closed by the other side${back}`,
      scenario.faults.length > 0
        ? 'the scenario breaks things on purpose: see the timeline of the report'
        : "see the target's log and the idle timeout of any proxy in between",
    );
  },

  'generator-cpu': ({ samples, scenario }) => {
    const busiest = samples.health.reduce((max, shard) => Math.max(max, shard.cpuRatio), 0);
    const p99Us = summarizeHistogram(samples.histograms.lateness)?.p99Us ?? 0;
    if (busiest <= VALIDITY_LIMITS.cpuRatio) return null;
    // What tells whether it was enough is lateness: a loop that comes round late reads as late as it sends.
    return {
      spoils: p99Us > scenario.latenessBudgetUs / 2,
      message: `the generator used ${formatShare(busiest)} of a core (lateness p99 ${formatDurationUs(p99Us)}): part of every latency is its own`,
      remedy: 'lower the rate, or run it on a machine with more or faster cores',
    };
  },

  'generator-starved': ({ samples, scenario }) => {
    const starved = samples.health.reduce((max, shard) => Math.max(max, shard.starvedRatio ?? 0), 0);
    const p99Us = summarizeHistogram(samples.histograms.lateness)?.p99Us ?? 0;
    if (starved <= VALIDITY_LIMITS.starvedRatio) return null;
    return {
      spoils: p99Us > scenario.latenessBudgetUs / 2,
      message: `the generator waited for a core ${formatShare(starved)} of the time (lateness p99 ${formatDurationUs(p99Us)})`,
      remedy: 'stop what else runs on this machine, or run the target on another one',
    };
  },

  'host-steal': ({ host }) => {
    if (host.stealRatio === null || host.stealRatio <= VALIDITY_LIMITS.stealRatio) return null;
    return noted(
      `the hypervisor took ${describeSteal(host.stealRatio)} of this machine's CPU time while it measured`,
      'run it again, with --repeat until enough runs are undisturbed, or on a machine whose cores are its own',
    );
  },

  'generator-gc': ({ samples: { health }, scenario, phases }) => {
    const runUs = Math.max(1, phases.measureEndUs);
    const longestUs = health.reduce((max, shard) => Math.max(max, shard.gcPauseMaxUs), 0);
    const ratio = health.reduce((max, shard) => Math.max(max, shard.gcPauseUs / runUs), 0);
    if (longestUs <= scenario.latenessBudgetUs && ratio <= VALIDITY_LIMITS.gcTimeRatio) return null;
    return noted(
      `garbage collection paused the generator for up to ${formatDurationUs(longestUs)}, ${formatShare(ratio)} of the time`,
      'fewer clients or a lower rate for each shard',
    );
  },

  'generator-files': ({ samples: { health, connections } }) => {
    const ranOut = countFailures(connections.failures, /EMFILE|ENFILE/);
    if (ranOut > 0) {
      const text = `the generator ran out of open files ${formatCount(ranOut)} times`;
      return spoiled(text, 'raise the limit (ulimit -n), or lower the number of clients');
    }
    const fullest = health.reduce((max, shard) => Math.max(max, filesRatio(shard)), 0);
    if (fullest <= VALIDITY_LIMITS.openFilesRatio) return null;
    return noted(`the generator used ${formatShare(fullest)} of its open files`, 'raise the limit (ulimit -n)');
  },

  'generator-ports': ({ samples: { connections } }) => {
    const ranOut = countFailures(connections.failures, /EADDRNOTAVAIL|EADDRINUSE/);
    if (ranOut === 0) return null;
    return spoiled(
      `the generator ran out of local ports ${formatCount(ranOut)} times`,
      'wait a minute for ports to be free again, lower the number of clients, or use several target addresses',
    );
  },

  'generator-buffered': ({ samples: { health } }) => {
    const bytes = health.reduce((max, shard) => Math.max(max, shard.bufferedBytesMax), 0);
    if (bytes <= VALIDITY_LIMITS.bufferedBytes) return null;
    return noted(
      `up to ${formatBytes(bytes)} waited in the sockets of one client: the target reads more slowly than is sent`,
      'the waiting is part of delivery and ack, as it should be; a lower rate shows where it begins',
    );
  },

  'warmup-loss': ({ samples: { warmupLedger } }) => {
    if (warmupLedger.lost === 0) return null;
    return noted(
      `${formatCount(warmupLedger.lost)} of ${formatCount(warmupLedger.expected)} deliveries of the warm-up were lost`,
      'the figures leave the warm-up out; run with --warmup 0s to have it counted',
    );
  },

  'no-history': ({ samples: { ledger, connections }, scenario: { protocol, reconnect } }) => {
    const isDescribed = typeof protocol === 'object' && protocol.kind === 'template';
    const wereAway = reconnect !== null && connections.left + connections.dropped > 0;
    if (!isDescribed || !wereAway || ledger.lost === 0) return null;
    return noted(
      'clients that come back fetch nothing, since a described protocol has no history: what the server does not send again counts as lost',
      'have the server send it again, or write a module with `history`: see docs/your-server.md',
    );
  },

  misrouted: ({ samples: { ledger } }) => {
    if (ledger.misrouted === 0) return null;
    return noted(
      `${formatCount(ledger.misrouted)} ${ledger.misrouted === 1 ? 'delivery' : 'deliveries'} reached clients that are no recipients`,
      'see the examples in result.json; a test of the target with `misrouted == 0` keeps it from coming back',
    );
  },

  rejected: ({ samples: { ledger } }) => {
    const failed = ledger.rejected - ledger.limited;
    if (failed === 0) return null;
    return noted(
      `the server answered ${formatCount(failed)} of ${formatCount(ledger.sent)} messages with an error`,
      "see the target's log",
    );
  },

  'rooms-left': ({ gatewayRoomsLeft }) => {
    if (gatewayRoomsLeft === null || gatewayRoomsLeft === 0) return null;
    return noted(
      `the gateways still held ${formatCount(gatewayRoomsLeft)} ${gatewayRoomsLeft === 1 ? 'room' : 'rooms'} when every client had gone`,
      'look for what is kept of a room and not freed with its last member; `rooms.left == 0` keeps it from coming back',
    );
  },

  'target-defect': ({ scenario: { target } }) => {
    if (target.defect === null) return null;
    return noted(
      `the cluster was made to fail: --defect ${target.defect}`,
      'docs/defects.md says what it does wrong; leave the flag out to measure the cluster itself',
    );
  },

  'queue-unobserved': ({ queue, target }) => {
    // A server at an address has no queue that is known of, a topology without workers has none at all.
    if (target.kind === 'external' || target.workers === 0 || (queue !== null && queue.atUs.length > 0)) return null;
    return noted('the depth of the queue was not sampled', "see the target's log: its broker did not answer");
  },

  'queue-gaps': ({ queue, scenario }) => {
    if (queue === null) return null;
    const partial = queue.inFlight.filter((inFlight) => inFlight === null).length;
    const looks = queue.atUs.length + queue.gaps;
    if (queue.gaps + partial <= looks * VALIDITY_LIMITS.queueGapRatio) return null;
    return noted(
      `of ${formatCount(looks)} looks at the queue ${formatCount(queue.gaps)} came to nothing and ${formatCount(partial)} lack what is at workers`,
      scenario.faults.length > 0
        ? 'the largest depth may have been missed while parts of the target were down'
        : 'the largest depth may have been missed; see whether the broker or the machine is overloaded',
    );
  },

  'queue-plateau': ({ queue }) => {
    const lengthUs = queue === null ? null : shortestPlateauUs(queue);
    if (lengthUs === null || lengthUs < VALIDITY_LIMITS.plateauUs) return null;
    return noted(
      `the depth of the queue changed no more often than every ${formatDurationUs(lengthUs)}: its source refreshes that slowly`,
      'a peak between two refreshes is not seen; sample over AMQP instead',
    );
  },
};

/** Every way in which this run's numbers may lie. Pure; empty for a sound run. */
export function assessValidity(result: RunResult): readonly Warning[] {
  return (Object.keys(RULES) as WarningCode[]).flatMap((code) => {
    const finding = RULES[code](result);
    return finding === null ? [] : [{ code, ...finding }];
  });
}

/** How long arrivals were paused, µs; a pause that was not ended lasts until the end of measure. */
function pausedUs(timeline: RunResult['timeline'], endUs: number): number {
  const marks = timeline.filter(({ kind }) => kind === 'paused' || kind === 'resumed');
  return marks.reduce((sum, { kind, atUs }, index) => {
    return kind === 'paused' ? sum + Math.max(0, (marks[index + 1]?.atUs ?? endUs) - atUs) : sum;
  }, 0);
}

/** Whole percents: what a warning is about is never in the decimals. */
function formatShare(ratio: number): string {
  return formatRatio(Math.round(ratio * 100) / 100);
}

/** Such as "8.1%"; one decimal, since the limit is small. */
export function describeSteal(ratio: number): string {
  return formatRatio(Math.round(ratio * 1000) / 1000);
}

function spoiled(message: string, remedy: string): Finding {
  return { spoils: true, message, remedy };
}

function noted(message: string, remedy: string): Finding {
  return { spoils: false, message, remedy };
}

function countFailures(failures: Readonly<Record<string, number>>, reason: RegExp): number {
  return Object.entries(failures).reduce((sum, [text, times]) => sum + (reason.test(text) ? times : 0), 0);
}

function filesRatio({ openFiles, openFilesLimit }: ShardHealth): number {
  return openFiles === null || openFilesLimit === null ? 0 : openFiles / Math.max(1, openFilesLimit);
}
