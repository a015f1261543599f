import type { Verdict } from '../../gate/verdict.ts';
import { type LatencySummary, summarizeHistogram, summarizeWithLost } from '../../record/histogram-summary.ts';
import { isKnownDespite } from '../../record/known-despite.ts';
import { observedOfRun } from '../../record/observed-statistics.ts';
import type { RunResult } from '../../result/run-result.ts';
import { faultRows } from '../fault-rows.ts';
import { hopWays } from '../hop-rows.ts';
import { regionRows } from '../region-rows.ts';
import { connectionRates, connectionSpread, generatorLoad, measureRates, queueStatistics } from '../run-statistics.ts';
import type { Latency, LatencyWithLost, Summary } from './summary-schema.ts';

/**
 * The machine-readable summary of a run, as `--json` prints it. Times in ms with at most three decimals; a statistic without
 * data is null, never 0; what never arrived is the string "Infinity".
 *
 * @param resultFile  where result.json lies, as it should be printed
 */
export function buildSummary(result: RunResult, verdict: Verdict, resultFile: string): Summary {
  const { ledger } = result.samples;
  return {
    schema: 'chatbench.summary/1',
    verdict: verdict.status,
    exitCode: verdict.exitCode,
    scenario: result.scenario.name,
    loop: result.scenario.load.loop,
    target: result.target,
    messages: pick(ledger, ['planned', 'sent', 'skipped', 'unsendable', 'acked', 'rejected', 'limited', 'held']),
    refusals: result.samples.refusals,
    serverErrors: result.samples.serverErrors,
    deliveries: pick(ledger, ['expected', 'once', 'lost', 'duplicated', 'reordered', 'misrouted', 'late', 'recovered']),
    ...groups(result),
    ...traffic(result),
    limiter: limiter(result),
    ...clocks(result),
    latencyMs: latencies(result),
    breakdowns: Object.fromEntries(
      Object.entries(result.samples.breakdowns).map(([label, encoded]) => [
        label,
        latency(encoded, result.clockErrorsUs?.[label] ?? result.clockErrorUs),
      ]),
    ),
    hops: hops(result),
    rates: roundAll(measureRates(result)),
    connections: {
      ...pick(result.samples.connections, [
        'attempted',
        'opened',
        'failed',
        'failures',
        'dropped',
        'drops',
        'reconnected',
        'reconnectsFailed',
        'logins',
        'loginsFailed',
        'left',
        'returned',
        'reached',
      ]),
      ...roundAll(connectionRates(result.samples.connections)),
      perGateway: result.gatewayConnections,
      ...roundAll({ imbalance: connectionSpread(result).imbalance }),
    },
    queue: queue(result),
    ...observed(result),
    article: article(result),
    ...faults(result),
    ...diagnosis(verdict),
    ...drift(verdict),
    ...slowest(result),
    thresholds: verdict.thresholds.map((outcome) => ({ ...outcome })),
    warnings: verdict.warnings.map(({ code, invalidates, message, remedy }) => ({
      code,
      invalidates,
      message,
      remedy,
    })),
    generator: roundAll(generatorLoad(result) ?? { cpuRatio: null, memoryBytes: null }),
    resultFile,
  };
}

function groups({ samples }: RunResult): Pick<Summary, 'groups'> {
  if (samples.groups === undefined) return {};
  return {
    groups: samples.groups.map(({ name, clients, reached, ledger, delivery, ack, received, traffic }) => {
      const latencyMs = latency(received.delivery);
      return {
        name,
        clients,
        reached,
        messages: pick(ledger, ['planned', 'sent', 'skipped', 'unsendable', 'acked', 'held']),
        deliveries: pick(ledger, ['expected', 'once', 'lost', 'late', 'recovered']),
        latencyMs: { delivery: latency(delivery), ack: latency(ack) },
        received: { once: latencyMs.count, lost: received.lost, latencyMs },
        traffic: traffic.map((part) => ({
          ...pick(part, ['kind', 'planned', 'sent', 'failed']),
          latencyMs: part.latency === null ? null : latency(part.latency),
        })),
      };
    }),
  };
}

function traffic({ samples }: RunResult): Pick<Summary, 'traffic'> {
  if (samples.traffic === undefined) return {};
  const kinds = samples.traffic.map((part) => {
    const counts = pick(part, ['planned', 'sent', 'failed']);
    const rest = part.latency === null ? { received: part.received } : { latencyMs: latency(part.latency) };
    return [part.kind, { ...counts, ...rest }] as const;
  });
  return { traffic: Object.fromEntries(kinds) };
}

function limiter({ samples }: RunResult): Summary['limiter'] {
  if (samples.limiter === null) return null;
  const { admitted, allowed } = samples.limiter;
  return { ...samples.limiter, ...roundAll({ admittedRatio: allowed === 0 ? null : admitted / allowed }) };
}

function clocks(result: RunResult): Pick<Summary, 'clockErrorMs' | 'startSpreadMs' | 'regions'> {
  const { clockErrorUs, startSpreadUs } = result;
  const known = (us: number) => (us < 0 ? null : us / 1000);
  const rows = regionRows(result);
  return {
    ...(clockErrorUs === undefined ? {} : { clockErrorMs: known(clockErrorUs) }),
    ...(startSpreadUs === undefined ? {} : { startSpreadMs: known(startSpreadUs) }),
    ...(rows.length === 0
      ? {}
      : {
          regions: rows.map(({ from, to, clockErrorUs: errorUs, bothWaysMeanUs }) => ({
            from,
            to,
            clockErrorMs: known(errorUs),
            bothWaysMeanMs: toMs(bothWaysMeanUs),
          })),
        }),
  };
}

function latencies(result: RunResult): Summary['latencyMs'] {
  const { histograms, ledger } = result.samples;
  const { clockErrorUs } = result;
  return {
    delivery: latency(histograms.delivery, clockErrorUs),
    deliveryWithLost: latencyWithLost(histograms.delivery, ledger.lost, clockErrorUs),
    ack: latency(histograms.ack),
    service: latency(histograms.service, clockErrorUs),
    lateness: latency(histograms.lateness),
    connect: latency(histograms.connect),
    connectService: latency(histograms.connectService),
    fanoutFirst: latency(histograms.fanoutFirst, clockErrorUs),
    fanoutMedian: latency(histograms.fanoutMedian, clockErrorUs),
    fanoutLast: latency(histograms.fanoutLast, clockErrorUs),
    reconnect: latency(histograms.reconnect),
    login: latency(histograms.login),
  };
}

function hops(result: RunResult): Summary['hops'] {
  const shares = new Map(
    hopWays(result).flatMap(({ way, rows }) => rows.map(({ name, share }) => [`${way} ${name}`, share] as const)),
  );
  return result.samples.hops.map(({ name, way, histogram }) => ({
    name,
    way,
    ...roundAll({ share: shares.get(`${way} ${name}`) ?? null }),
    latencyMs: latency(histogram),
  }));
}

/** @param clockErrorUs  how far the clocks of agents leave it open; undefined: one clock was */
function latency(encoded: string, clockErrorUs?: number): Latency {
  return writeLatency(summarizeHistogram(encoded), (us) => toMs(knownOf(us, clockErrorUs)));
}

function latencyWithLost(encoded: string, lost: number, clockErrorUs?: number): LatencyWithLost {
  return writeLatency(summarizeWithLost(encoded, lost), (us) =>
    us === Number.POSITIVE_INFINITY ? ('Infinity' as const) : toMs(knownOf(us, clockErrorUs)),
  );
}

/** Nothing where the clocks leave more than a tenth of it open. */
function knownOf(us: number | undefined, clockErrorUs: number | undefined): number | undefined {
  return us === undefined || clockErrorUs === undefined || isKnownDespite(clockErrorUs, us) ? us : undefined;
}

function writeLatency<Written>(summary: LatencySummary | null, write: (us: number | undefined) => Written) {
  return {
    count: summary?.count ?? 0,
    mean: write(summary?.meanUs),
    p50: write(summary?.p50Us),
    p90: write(summary?.p90Us),
    p95: write(summary?.p95Us),
    p99: write(summary?.p99Us),
    p999: write(summary?.p999Us),
    max: write(summary?.maxUs),
  };
}

function queue(result: RunResult): Summary['queue'] {
  if (result.queue === null) return null;
  const { samples, maxDepth, drainUs } = queueStatistics(result.queue, result.phases);
  const { source, intervalMs, gaps } = result.queue;
  return { source, intervalMs, samples, gaps, maxDepth, drainMs: toMs(drainUs) };
}

function observed({ observed: series, phases }: RunResult): Pick<Summary, 'observed'> {
  if (series === undefined) return {};
  const rows = series.map(({ name, source, unit, intervalMs, gaps, atUs, values }) => {
    const facts = { source, unit, intervalMs, samples: atUs.length, gaps };
    return [name, { ...facts, ...roundAll(observedOfRun({ atUs, values }, phases)) }] as const;
  });
  return { observed: Object.fromEntries(rows) };
}

function slowest({ samples }: RunResult): Pick<Summary, 'slowest'> {
  if (samples.slowest?.isTraced !== true) return {};
  return {
    slowest: samples.slowest.messages.map(({ traceId, latencyUs, intendedAtUs, epochUs, room, sender, hops }) => ({
      traceId,
      latencyMs: Math.round(latencyUs) / 1000,
      atMs: Math.round(intendedAtUs) / 1000,
      at: new Date(epochUs / 1000).toISOString(),
      room,
      sender,
      hops: hops.map(({ name, us }) => ({ name, ms: us / 1000 })),
    })),
  };
}

/** Milliseconds for latencies, as everywhere here. */
function drift({ drift: found = [] }: Verdict): Pick<Summary, 'drift'> {
  if (found.length === 0) return {};
  return {
    drift: found.map(({ unit, limit, perHour, lowPerHour, highPerHour, from, to, ...rest }) => {
      const isLatency = unit === 'us';
      const round = (value: number) => Math.round(value * (isLatency ? 10 : 10_000)) / 10_000;
      const hours = (value: number) => Math.round(value * 10_000) / 10_000;
      return {
        ...rest,
        unit: isLatency ? ('ms' as const) : unit,
        perHour: round(perHour),
        lowPerHour: round(lowPerHour),
        highPerHour: round(highPerHour),
        from: round(from),
        to: round(to),
        limit:
          limit === null
            ? null
            : {
                name: limit.name,
                inHours: hours(limit.inHours),
                earliestHours: hours(limit.earliestHours),
                latestHours: hours(limit.latestHours),
              },
      };
    }),
  };
}

function diagnosis({ diagnosis: findings }: Verdict): Pick<Summary, 'diagnosis'> {
  if (findings === undefined) return {};
  return {
    diagnosis: findings.map(({ code, text, evidence }) => ({
      code,
      text,
      evidence: roundAll({ ...evidence }) as Record<string, number>,
    })),
  };
}

function article({ article: figures }: RunResult): Summary['article'] {
  if (figures === null) return null;
  const { postP95Us, postsPerSecond, queueMaxDepth } = figures;
  return { postP95Ms: toMs(postP95Us), ...roundAll({ postsPerSecond }), queueMaxDepth };
}

function faults(result: RunResult): Pick<Summary, 'faults'> {
  const rows = faultRows(result).map(({ atUs, text, endUs, failure }) => ({
    atMs: Math.round(atUs) / 1000,
    fault: text,
    endMs: toMs(endUs),
    failure,
  }));
  return rows.length === 0 ? {} : { faults: rows };
}

function toMs(us: number | null | undefined): number | null {
  return us === null || us === undefined ? null : Math.round(us) / 1000;
}

function roundAll<Key extends string>(values: Record<Key, number | null>): Record<Key, number | null> {
  const rounded = { ...values };
  for (const key of Object.keys(values) as Key[]) {
    const value = values[key];
    rounded[key] = value === null ? null : Math.round(value * 1e4) / 1e4;
  }
  return rounded;
}

function pick<Source extends object, Key extends keyof Source>(
  source: Source,
  keys: readonly Key[],
): Pick<Source, Key> {
  return Object.fromEntries(keys.map((key) => [key, source[key]])) as Pick<Source, Key>;
}
