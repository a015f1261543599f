import type { Verdict } from '../../gate/verdict.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLatency,
  formatPlural,
  formatRate,
  formatRatio,
  formatShare,
} from '../../quantities.ts';
import {
  type LatencySummary,
  percentileCurve,
  readDistribution,
  summarizeHistogram,
} from '../../record/histogram-summary.ts';
import { countUndeclaredLimited } from '../../record/undeclared-refusals.ts';
import type { RunResult } from '../../result/run-result.ts';
import { ARTICLE_NOTES, articleRows } from '../article-rows.ts';
import { deliveriesPerMessage } from '../deliveries-per-message.ts';
import { describeDrain } from '../describe-drain.ts';
import { describeGroups, describeLoad, describePopulation, describeTraffic } from '../describe-load.ts';
import { describeProtocol } from '../describe-protocol.ts';
import { describeRefusals } from '../describe-refusals.ts';
import { describeVerdict } from '../describe-verdict.ts';
import { driftRows } from '../drift-rows.ts';
import { groupRows } from '../group-rows.ts';
import { hopWays } from '../hop-rows.ts';
import { fanoutRows, latencyRows } from '../latency-rows.ts';
import { memoryPerConnection, targetLoads } from '../process-load.ts';
import { regionRows } from '../region-rows.ts';
import { reproduceCommand } from '../reproduce-command.ts';
import { connectionRates, generatorLoad, queueStatistics, reachedClients } from '../run-statistics.ts';
import { slowRows } from '../slow-rows.ts';
import { trafficRows } from '../traffic-rows.ts';
import { buildHeat } from './build-heat.ts';
import { buildObservedCharts } from './build-observed-charts.ts';
import { buildLimitLines, buildTiles } from './build-tiles.ts';
import type { Fact, NamedColumn, ReportData, Tally, TimeSeries } from './report-data.ts';
import { environmentFacts, targetFacts } from './setting-facts.ts';

/** What the HTML page shows of a run, in the page's own words and units. */
export function buildReportData(result: RunResult, verdict: Verdict): Omit<ReportData, 'overlay'> {
  const seconds = result.samples.intervals.map((interval) => readDistribution(interval.delivery));
  return {
    heading: headingOf(result),
    verdict: {
      ...describeVerdict(result, verdict),
      status: verdict.status,
      partial: partialNote(result),
      thresholds: verdict.thresholds,
      warnings: verdict.warnings,
      diagnosis: (verdict.diagnosis ?? []).map(({ code, text }) => ({ code, text })),
    },
    headline: buildTiles(result, verdict),
    limits: buildLimitLines(verdict),
    deliveriesPerMessage: deliveriesPerMessage(result.samples.ledger),
    latency: latencyRows(result),
    article: { rows: articleRows(result), notes: ARTICLE_NOTES },
    ledger: ledgerOf(result),
    groups: groupRows(result),
    traffic: trafficRows(result),
    curves: curvesOf(result),
    time: timeSeriesOf(
      result,
      seconds.map((distribution) => distribution?.summary ?? null),
    ),
    heat: buildHeat(seconds),
    hops: hopWays(result),
    fanout: fanoutRows(result),
    regions: regionRows(result),
    queue: result.queue,
    queueFacts: queueFactsOf(result),
    observed: buildObservedCharts(result),
    drift: driftRows(verdict),
    slowest: slowRows(result),
    processes: processesOf(result),
    gateways: gatewaysOf(result),
    connections: connectionsOf(result),
    target: targetFacts(result.target, result.scenario.target.url),
    generator: { facts: generatorFactsOf(result), shards: result.samples.health },
    scenario: scenarioOf(result),
    scenarioText: JSON.stringify(result.scenario, null, 2),
    environment: environmentFacts(result.environment, result.host),
    command: reproduceCommand(result),
  };
}

function headingOf(result: RunResult): ReportData['heading'] {
  const { scenario, target } = result;
  const topology = target.topology === null ? '' : ` (topology ${target.topology})`;
  return {
    scenario: scenario.name,
    question: scenario.question,
    startedAt: result.startedAt,
    runId: result.id,
    load: `${describeLoad(scenario.load)}, ${describePopulation(scenario)}`,
    target: `${target.kind}${topology}`,
  };
}

function partialNote(result: RunResult): string | null {
  if (result.completeness.status === 'complete') return null;
  const { reason } = result.completeness;
  return `Partial result${reason === null ? '' : `: ${reason}`}. The figures cover what ran.`;
}

/** What the server refused, by its own codes. */
function refusalsOf({ samples: { refusals, serverErrors } }: RunResult): readonly string[] {
  return [
    ...(refusals.length === 0 ? [] : [`Refused, by code: ${describeRefusals(refusals)}.`]),
    ...(serverErrors.length === 0 ? [] : [`Errors that name no message: ${describeRefusals(serverErrors)}.`]),
  ];
}

function ledgerOf(result: RunResult): ReportData['ledger'] {
  const { ledger, warmupLedger, examples } = result.samples;
  return {
    equations: [
      {
        subject: 'Messages',
        total: { name: 'planned', value: formatCount(ledger.planned) },
        parts: [
          { name: 'sent', value: formatCount(ledger.sent) },
          troubled('skipped', ledger.skipped),
          ...(ledger.unsendable === 0 ? [] : [troubled('unsendable', ledger.unsendable)]),
        ],
      },
      {
        subject: 'Deliveries',
        total: { name: 'expected', value: formatCount(ledger.expected) },
        parts: [{ name: 'delivered once', value: formatCount(ledger.once) }, troubled('lost', ledger.lost)],
      },
    ],
    besides: [
      troubled('duplicated', ledger.duplicated),
      troubled('reordered', ledger.reordered),
      troubled('misrouted', ledger.misrouted),
      troubled('late', ledger.late),
      troubled('rejected', ledger.rejected - ledger.limited),
      ...(ledger.limited > 0 ? [limitedOf(result)] : []),
      ...(ledger.recovered > 0 ? [{ name: 'fetched after a gap', value: formatCount(ledger.recovered) }] : []),
      ...(ledger.held > 0 ? [{ name: 'held by their senders', value: formatCount(ledger.held) }] : []),
    ],
    refusals: refusalsOf(result),
    warmup:
      warmupLedger.lost > 0
        ? `Warm-up, which no figure counts, lost ${formatCount(warmupLedger.lost)} of ${formatCount(warmupLedger.expected)} deliveries.`
        : null,
    examples,
  };
}

/** Only where the run has set the limit are refusals what it asked for. */
function limitedOf({ samples: { ledger }, scenario: { target } }: RunResult) {
  return countUndeclaredLimited(ledger, target) > 0
    ? troubled("refused by the server's own limit", ledger.limited)
    : { name: 'beyond a quota', value: formatCount(ledger.limited) };
}

function curvesOf(result: RunResult): ReportData['curves'] {
  const { delivery, ack, service } = result.samples.histograms;
  return [
    { name: 'delivery', points: percentileCurve(delivery) },
    { name: 'service (uncorrected)', points: percentileCurve(service) },
    { name: 'ack', points: percentileCurve(ack) },
  ].filter((curve) => curve.points.length > 0);
}

function timeSeriesOf(result: RunResult, latencies: readonly (LatencySummary | null)[]): TimeSeries {
  const { intervals } = result.samples;
  const lastSampleUs = result.queue?.atUs.at(-1) ?? 0;
  const endUs = Math.max(result.phases.drainEndUs, lastSampleUs, ((intervals.at(-1)?.second ?? -1) + 1) * 1_000_000);
  return {
    endSecond: endUs / 1_000_000,
    warmupEndUs: result.phases.warmupEndUs,
    measureEndUs: result.phases.measureEndUs,
    second: intervals.map((interval) => interval.second),
    offered: intervals.map((interval) => interval.offered),
    sent: intervals.map((interval) => interval.sent),
    delivered: intervals.map((interval) => interval.delivered),
    p50Us: latencies.map((latency) => latency?.p50Us ?? null),
    p95Us: latencies.map((latency) => latency?.p95Us ?? null),
    p99Us: latencies.map((latency) => latency?.p99Us ?? null),
    skipped: intervals.map((interval) => interval.skipped),
    latenessMaxUs: intervals.map((interval) => interval.latenessMaxUs),
    events: result.timeline,
  };
}

function queueFactsOf(result: RunResult): readonly Fact[] {
  if (result.queue === null) return [];
  const { samples, maxDepth, drainUs } = queueStatistics(result.queue, result.phases);
  const { source, intervalMs, gaps } = result.queue;
  return [
    { name: 'Peak', value: maxDepth === null ? 'no data' : formatPlural(maxDepth, 'message') },
    { name: 'Drain', value: describeDrain(drainUs), ...(drainUs === null ? { tone: 'bad' as const } : {}) },
    { name: 'Source', value: `${source}, ${formatPlural(samples, 'sample')}, one every ${intervalMs} ms` },
    { name: 'Gaps', value: formatCount(gaps), ...(gaps > 0 ? { tone: 'caution' as const } : {}) },
  ];
}

/** A ramp of fewer tenths of a second shows nothing. */
const RAMP_FROM_STEPS = 5;

function processesOf(result: RunResult): ReportData['processes'] {
  const { processes } = result;
  if (processes === null) return null;
  const [busiest, ...others] = targetLoads(result);
  const told = others.slice(0, 4).map(({ name, cpuRatio }) => `${name} ${formatShare(cpuRatio)}`);
  return {
    finding:
      busiest === undefined
        ? 'No process of the target could be seen while it was measured.'
        : `The busiest part of the target is ${busiest.name}: ${formatShare(busiest.cpuRatio)} of a core on average${told.length === 0 ? '' : `, then ${told.join(', ')}`}.`,
    cpu: processes.map(({ name, atUs, cpuRatio }) => fromStart(name, atUs, cpuRatio)),
    memory: processes.map(({ name, atUs, residentBytes }) => fromStart(name, atUs, residentBytes)),
  };
}

function gatewaysOf({ gatewaySeries }: RunResult): ReportData['gateways'] {
  if (gatewaySeries === null) return null;
  return gatewaySeries.gateways.map(({ name, connections }) => fromStart(name, gatewaySeries.atUs, connections));
}

/** Without what was seen before the run began. */
function fromStart(name: string, atUs: readonly number[], values: readonly (number | null)[]): NamedColumn {
  const from = atUs.findIndex((us) => us >= 0);
  return from < 0 ? { name, atUs: [], values: [] } : { name, atUs: atUs.slice(from), values: values.slice(from) };
}

function memoryFacts(result: RunResult): readonly Fact[] {
  const memory = memoryPerConnection(result);
  if (memory === null) return [];
  return [{ name: 'Memory of one', value: `${formatBytes(memory.bytes)} (growth of the ${memory.of} ÷ connections)` }];
}

function connectionsOf(result: RunResult): ReportData['connections'] {
  const { connections, histograms } = result.samples;
  const { successRatio, perSecond } = connectionRates(connections);
  const reached = reachedClients(result);
  const connect = summarizeHistogram(histograms.connect);
  const service = summarizeHistogram(histograms.connectService);
  const isPaced = result.scenario.population.connectPerSecond !== null;
  return {
    facts: [
      {
        name: 'Opened',
        value: `${formatCount(connections.opened)} of ${formatCount(connections.attempted)} (${formatRatio(successRatio)})`,
      },
      troubled('Failed', connections.failed),
      troubled('Dropped', connections.dropped),
      ...(result.scenario.reconnect === null
        ? []
        : [
            { name: 'Came back', value: formatCount(connections.reconnected) },
            { name: 'Attempts to that failed', value: formatCount(connections.reconnectsFailed) },
          ]),
      ...(connections.logins + connections.loginsFailed === 0
        ? []
        : [
            { name: 'Logins let in', value: formatCount(connections.logins) },
            { name: 'Logins refused', value: formatCount(connections.loginsFailed) },
          ]),
      ...(connections.left === 0
        ? []
        : [
            {
              name: 'Left by themselves',
              value: `${formatCount(connections.left)}, ${formatCount(connections.returned)} came back`,
            },
          ]),
      ...(reached === null
        ? []
        : [{ name: 'Reached by a message', value: `${formatCount(reached.reached)} (${formatRatio(reached.ratio)})` }]),
      { name: 'Pace', value: `${formatRate(perSecond)}, all within ${formatDuration(connections.openingUs)}` },
      {
        name: 'Connect time',
        value:
          connect === null
            ? 'no data'
            : `p50 ${formatLatency(connect.p50Us)}, p95 ${formatLatency(connect.p95Us)}, max ${formatLatency(connect.maxUs)}`,
      },
      ...(isPaced && service !== null
        ? [
            {
              name: 'From the attempt (uncorrected)',
              value: `p50 ${formatLatency(service.p50Us)}, p95 ${formatLatency(service.p95Us)}, max ${formatLatency(service.maxUs)}`,
            },
          ]
        : []),
      ...memoryFacts(result),
    ],
    ramp: connections.openedPer100Ms.length < RAMP_FROM_STEPS ? null : connections.openedPer100Ms,
    perEndpoint: tallies(connections.perEndpoint),
    perGateway: tallies(result.gatewayConnections ?? {}),
    failures: tallies(connections.failures),
    drops: tallies(connections.drops),
  };
}

function generatorFactsOf(result: RunResult): readonly Fact[] {
  const load = generatorLoad(result);
  const { reported, planned } = result.shards;
  const lateness = summarizeHistogram(result.samples.histograms.lateness);
  const budget = formatLatency(result.scenario.latenessBudgetUs);
  const { oddValues } = result.samples;
  return [
    {
      name: 'Shards',
      value: `${reported} of ${planned} reported`,
      ...(reported < planned ? { tone: 'bad' as const } : {}),
    },
    { name: 'Lateness p99', value: `${formatLatency(lateness?.p99Us ?? null)} (budget ${budget})` },
    { name: 'Busiest shard', value: load === null ? 'no data' : `${formatShare(load.cpuRatio)} of a core` },
    { name: 'Memory', value: load === null ? 'no data' : formatBytes(load.memoryBytes) },
    troubled('Odd values', oddValues),
  ];
}

function scenarioOf(result: RunResult): readonly Fact[] {
  const { scenario } = result;
  return [
    { name: 'Load', value: describeLoad(scenario.load) },
    { name: 'Population', value: describePopulation(scenario) },
    ...(scenario.groups === undefined ? [] : [{ name: 'Groups', value: describeGroups(scenario) }]),
    ...(scenario.traffic === undefined ? [] : [{ name: 'Beside messages', value: describeTraffic(scenario.traffic) }]),
    { name: 'Protocol', value: describeProtocol(scenario.protocol) },
    { name: 'Warm-up', value: `${formatDuration(scenario.phases.warmupUs)}, left out of every figure` },
    { name: 'Drain', value: `until all is delivered, at most ${formatDuration(scenario.phases.drainTimeoutUs)}` },
    { name: 'Counts as late', value: `after ${formatDuration(scenario.timeouts.deliveryUs)}` },
    { name: 'Seed', value: String(scenario.seed) },
  ];
}

function troubled(name: string, count: number): Fact {
  return { name, value: formatCount(count), ...(count > 0 ? { tone: 'bad' as const } : {}) };
}

function tallies(counts: Readonly<Record<string, number>>): readonly Tally[] {
  return Object.entries(counts).map(([name, count]) => ({ name, count }));
}
