import { formatBytes, formatCount, formatDuration, formatNumber, formatShare, tellLatency } from '../quantities.ts';
import { decodeHistogram } from '../record/hdr-codec.ts';
import { summarizeHistogram } from '../record/histogram-summary.ts';
import type { Samples, ShardHealth } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';
import { invalid, type Rules, VALIDITY_LIMITS, warn } from './finding.ts';
import { findThrottling, RAISE_QUOTA, remedyAgainst, usableOfCore } from './generator-quota.ts';
import type { WarningCode } from './verdict.ts';

type GeneratorCode = Extract<
  WarningCode,
  `lateness${string}` | 'history-lateness' | `generator-${string}` | `host-${string}`
>;

/** How the generator and the machine that it ran on may have bent the figures. */
export const GENERATOR_RULES: Rules<GeneratorCode> = {
  lateness: ({ samples, scenario }) => {
    const p99Us = latenessP99Us(samples);
    if (p99Us <= scenario.latenessBudgetUs) return null;
    return invalid(
      `messages went out late: p99 ${tellLatency(p99Us)}, budget ${tellLatency(scenario.latenessBudgetUs)}`,
      samples.posts === null
        ? remedyAgainst(samples, 'lower the rate, or give the generator a core of its own')
        : 'where requests wait for a connection, raise `connections` of `send: http` (rate × response time, see docs/your-server.md); otherwise lower the rate, or give the generator a core of its own',
    );
  },

  'history-lateness': ({ samples: { traffic = [] }, scenario }) => {
    const reads = traffic.find(({ kind }) => kind === 'history');
    const p99Us = summarizeHistogram(reads?.lateness ?? '')?.p99Us ?? 0;
    if (p99Us <= scenario.latenessBudgetUs) return null;
    return invalid(
      `reads of history went out late: p99 ${tellLatency(p99Us)}, budget ${tellLatency(scenario.latenessBudgetUs)}`,
      'each generator process has 32 under way at once: read less often, or spread the clients over more processes',
    );
  },

  'lateness-share': ({ samples, scenario }) => {
    const latenessUs = latenessP99Us(samples);
    const deliveryUs = summarizeHistogram(samples.histograms.delivery)?.p99Us ?? 0;
    const isTold = latenessUs > scenario.latenessBudgetUs;
    const isSmall =
      latenessUs <= VALIDITY_LIMITS.latenessUs || latenessUs <= deliveryUs * VALIDITY_LIMITS.latenessShareRatio;
    if (isTold || isSmall || deliveryUs === 0) return null;
    return warn(
      `lateness of the generator's own is in delivery: p99 ${tellLatency(latenessUs)} beside ${tellLatency(deliveryUs)}`,
      `${busiestCpuRatio(samples) < VALIDITY_LIMITS.idleCpuRatio ? '' : 'lower the rate, '}give the generator a core of its own, or run with --precise; a lower lateness-budget makes it count`,
    );
  },

  'generator-cpu': ({ samples, scenario }) => {
    const atLimit = samples.health.filter((shard) => shard.cpuRatio > usableOfCore(shard) * VALIDITY_LIMITS.cpuRatio);
    if (atLimit.length === 0) return null;
    const busiest = busiestCpuRatio({ health: atLimit });
    return {
      invalidates: isShort(samples, scenario),
      message: `the generator used ${formatShare(busiest)} of a core (${tellQuota(atLimit)}${tellSlowness(samples, scenario)}): part of every latency is its own`,
      remedy: remedyAgainst(samples, 'lower the rate, or run it on a machine with more or faster cores'),
    };
  },

  'generator-starved': ({ samples, scenario }) => {
    const starved = samples.health.reduce((max, shard) => Math.max(max, shard.starvedRatio ?? 0), 0);
    // What its quota takes from it, it waits for, too.
    if (starved <= VALIDITY_LIMITS.starvedRatio || findThrottling(samples) !== null) return null;
    return {
      invalidates: isShort(samples, scenario),
      message: `the generator waited for a core ${formatShare(starved)} of the time (${tellSlowness(samples, scenario)})`,
      remedy: 'stop what else runs on this machine, or run the target on another one',
    };
  },

  'generator-throttled': ({ samples, scenario }) => {
    const quota = findThrottling(samples);
    if (quota === null) return null;
    const isStarved = samples.health.some(({ starvedRatio }) => (starvedRatio ?? 0) > VALIDITY_LIMITS.starvedRatio);
    return {
      invalidates: isStarved && isShort(samples, scenario),
      message: `a CPU quota of ${formatNumber(quota.cores)} cores stopped the generator in ${formatShare(quota.throttledRatio)} of its periods, for ${formatDuration(quota.throttledUs)} in all (${tellSlowness(samples, scenario)})`,
      remedy: RAISE_QUOTA,
    };
  },

  'generator-blocked': ({ samples, scenario }) => {
    const longestUs = samples.health.reduce((max, shard) => Math.max(max, shard.loopDelayMaxUs ?? 0), 0);
    if (longestUs <= scenario.latenessBudgetUs) return null;
    const at = samples.intervals.find(({ loopDelay }) => decodeHistogram(loopDelay).maxUs >= longestUs)?.second;
    return warn(
      `the generator stood still for ${formatDuration(longestUs)}${at === undefined ? '' : `, until second ${at}`}: it neither sent nor read meanwhile`,
      `what that explains of a missed threshold leaves it undecided; ${remedyAgainst(samples, 'see what else runs on this machine, and `generator-gc`')}`,
    );
  },

  'host-steal': ({ host }) => {
    if (host.stealRatio === null || host.stealRatio <= VALIDITY_LIMITS.stealRatio) return null;
    return warn(
      `the hypervisor took ${formatShare(host.stealRatio)} of this machine's CPU time while it measured`,
      'run it again, with --repeat until enough runs are undisturbed, or on a machine whose cores are its own',
    );
  },

  'host-foreign': ({ host: { foreignRatio } }) => {
    if (foreignRatio === null || foreignRatio <= VALIDITY_LIMITS.foreignRatio) return null;
    return warn(
      `other programs used ${formatShare(foreignRatio)} of this machine's CPU time while it measured`,
      'stop them, or measure on a machine that does nothing else; `host.series` in result.json has when it was',
    );
  },

  'generator-gc': ({ samples: { health }, scenario, phases }) => {
    const runUs = Math.max(1, phases.measureEndUs);
    const longestUs = health.reduce((max, shard) => Math.max(max, shard.gcPauseMaxUs), 0);
    const ratio = health.reduce((max, shard) => Math.max(max, shard.gcPauseUs / runUs), 0);
    if (longestUs <= scenario.latenessBudgetUs && ratio <= VALIDITY_LIMITS.gcTimeRatio) return null;
    return warn(
      `garbage collection paused the generator for up to ${tellLatency(longestUs)}, ${formatShare(ratio)} of the time`,
      'fewer clients or a lower rate for each shard',
    );
  },

  'generator-files': ({ samples: { health, connections } }) => {
    const ranOut = countFailures(connections.failures, /EMFILE|ENFILE/);
    if (ranOut > 0) {
      const text = `the generator ran out of open files ${formatCount(ranOut)} times`;
      return invalid(text, 'raise the limit (ulimit -n), or lower the number of clients');
    }
    const fullest = health.reduce((max, shard) => Math.max(max, filesRatio(shard)), 0);
    if (fullest <= VALIDITY_LIMITS.openFilesRatio) return null;
    return warn(`the generator used ${formatShare(fullest)} of its open files`, 'raise the limit (ulimit -n)');
  },

  'generator-ports': ({ samples: { connections } }) => {
    const ranOut = countFailures(connections.failures, /EADDRNOTAVAIL|EADDRINUSE/);
    if (ranOut === 0) return null;
    return invalid(
      `the generator ran out of local ports ${formatCount(ranOut)} times`,
      'wait a minute for ports to be free again, lower the number of clients, or use several target addresses',
    );
  },

  'generator-buffered': ({ samples: { health } }) => {
    const bytes = health.reduce((max, shard) => Math.max(max, shard.bufferedBytesMax), 0);
    if (bytes <= VALIDITY_LIMITS.bufferedBytes) return null;
    return warn(
      `up to ${formatBytes(bytes)} waited in the sockets of one client: the target reads more slowly than is sent`,
      'the waiting is part of delivery and ack, as it should be; a lower rate shows where it begins',
    );
  },
};

/** Whether a generator with too little CPU was too slow for what it measured. */
function isShort(samples: Samples, { load, latenessBudgetUs }: RunResult['scenario']): boolean {
  // Nothing is late in a closed loop: it sends when it comes to it, and every latency has its own slowness in it.
  if (load.loop === 'closed') return true;
  // A loop that comes round late reads as late as it sends.
  return Math.max(latenessP99Us(samples), loopDelayP99Us(samples)) > latenessBudgetUs / 2;
}

function tellSlowness(samples: Samples, { load }: RunResult['scenario']): string {
  if (load.loop === 'closed') return 'closed loop, where nothing else tells how slow it was';
  return `lateness p99 ${tellLatency(latenessP99Us(samples))}`;
}

function tellQuota(shards: readonly ShardHealth[]): string {
  const quota = shards.find((shard) => usableOfCore(shard) < 1)?.quota;
  return quota === undefined ? '' : `of ${formatShare(quota.cores)} that its quota leaves it, `;
}

function loopDelayP99Us({ health }: Samples): number {
  return health.reduce((max, shard) => Math.max(max, shard.loopDelayP99Us ?? 0), 0);
}

function latenessP99Us({ histograms }: Pick<Samples, 'histograms'>): number {
  return summarizeHistogram(histograms.lateness)?.p99Us ?? 0;
}

function busiestCpuRatio({ health }: Pick<Samples, 'health'>): number {
  return health.reduce((max, shard) => Math.max(max, shard.cpuRatio), 0);
}

function countFailures(failures: Readonly<Record<string, number>>, reason: RegExp): number {
  return Object.entries(failures).reduce((sum, [text, times]) => sum + (reason.test(text) ? times : 0), 0);
}

function filesRatio({ openFiles, openFilesLimit }: ShardHealth): number {
  return openFiles === null || openFilesLimit === null ? 0 : openFiles / Math.max(1, openFilesLimit);
}
