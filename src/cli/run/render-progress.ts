import { mostOf } from '../../extremes.ts';
import { Histogram, type SparseHistogram } from '../../record/histogram.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import { addCounts, zeroCounts } from '../../record/ledger-counts.ts';
import type { LatencyPoint, LiveThreshold, LiveUpdate } from '../../record/live-update.ts';
import { percentileOf } from '../../record/percentile-of.ts';
import type { ConnectionCounts, LedgersSoFar } from '../../record/samples.ts';
import { redact } from '../../redact.ts';
import type { QueueReading } from '../../sampler/observe/queue-reading.ts';
import type { PhaseLengths } from '../../scenario/scenario.ts';
import type { OpeningProgress } from './follow-opening.ts';
import { NOTHING_KNOWN, type RunSoFar } from './judge-live.ts';
import type { RunProgress } from './run-progress.ts';

/** What a run is drawn against, and by which thresholds. */
export interface Drawing {
  readonly clients: number;
  readonly phases: PhaseLengths;
  /** The thresholds by what is known so far; to be asked once for each second. */
  readonly judge: (soFar: RunSoFar) => readonly LiveThreshold[];
}

/**
 * How the run stands at the end of this second, which is part of its progress already.
 *
 * @param queue null: it cannot be sampled
 * @param nowUs on the monotonic clock
 */
export function renderSecond(
  progress: RunProgress,
  interval: RawInterval,
  queue: QueueReading | null,
  nowUs: number,
  { clients, phases, judge }: Drawing,
): LiveUpdate {
  const { connections, delivery } = progress;
  const snapshots = [...progress.snapshots.values()];
  const ledgers = sumLedgers(snapshots.map((snapshot) => snapshot.ledgers));
  const elapsedUs = Math.min(nowUs - progress.startAtUs, (interval.second + 1) * 1_000_000);
  const phase = phaseAt(elapsedUs, phases);
  const queueDepth = depthOf(queue);
  return {
    phase,
    elapsedUs,
    totalUs: phases.warmupUs + phases.measureUs,
    connected: countOpened(connections, clients),
    clients,
    openedPerSecond: 0,
    offeredPerSecond: interval.offered,
    sentPerSecond: interval.sent,
    deliveredPerSecond: interval.delivered,
    last: summarize(interval.delivery),
    overall: summarize(delivery),
    inFlight: interval.inFlight,
    sent: progress.sent,
    delivered: progress.delivered,
    skipped: progress.skipped,
    ledger: phase === 'warm-up' ? ledgers.warmup : ledgers.measure,
    generatorCpuRatio: mostOf(snapshots.map(({ cpuRatio }) => cpuRatio)),
    latenessMaxUs: interval.latenessMaxUs,
    queueDepth,
    queueReady: queue?.ready ?? null,
    queueInFlight: queue?.inFlight ?? null,
    connections: sumEndpoints(connections),
    thresholds: judge({ interval, queueDepth, delivery, ...ledgers, connections }),
    events: progress.events.slice(-EVENTS_SHOWN),
    isPaused: progress.loop === 'open' ? progress.isPaused : null,
  };
}

/** How a run stands whose clients still connect. */
export function renderOpening(opening: OpeningProgress, { clients, judge }: Drawing): LiveUpdate {
  return {
    ...opening,
    phase: 'connect',
    totalUs: 0,
    clients,
    offeredPerSecond: 0,
    sentPerSecond: 0,
    deliveredPerSecond: 0,
    last: null,
    overall: null,
    inFlight: 0,
    sent: 0,
    delivered: 0,
    skipped: 0,
    ledger: zeroCounts(),
    generatorCpuRatio: null,
    latenessMaxUs: 0,
    queueDepth: null,
    queueReady: null,
    queueInFlight: null,
    connections: [],
    thresholds: judge(NOTHING_KNOWN),
    events: [],
    isPaused: false,
  };
}

export const NOTHING_DELIVERED: SparseHistogram = new Histogram().snapshot();

/** Ready and in flight; null where the queue cannot be sampled. */
export function depthOf(queue: QueueReading | null): number | null {
  return queue === null ? null : queue.ready + (queue.inFlight ?? 0);
}

/** As many as a screen has room for. */
const EVENTS_SHOWN = 5;

function countOpened(connections: readonly ConnectionCounts[], otherwise: number): number {
  return connections.length === 0 ? otherwise : connections.reduce((sum, { opened }) => sum + opened, 0);
}

function sumLedgers(ledgers: readonly LedgersSoFar[]): LedgersSoFar {
  const sum = (phase: keyof LedgersSoFar) => ledgers.map((ledger) => ledger[phase]).reduce(addCounts, zeroCounts());
  return { warmup: sum('warmup'), measure: sum('measure') };
}

/** By endpoint as it may be shown: whoever is told of a run under way, is told no secret. */
function sumEndpoints(connections: readonly ConnectionCounts[]): LiveUpdate['connections'] {
  const opened = new Map<string, number>();
  for (const [url, count] of connections.flatMap(({ perEndpoint }) => Object.entries(perEndpoint))) {
    const endpoint = redact(url);
    opened.set(endpoint, (opened.get(endpoint) ?? 0) + count);
  }
  return [...opened].map(([endpoint, count]) => ({ endpoint, opened: count }));
}

function phaseAt(elapsedUs: number, phases: PhaseLengths): LiveUpdate['phase'] {
  if (elapsedUs <= phases.warmupUs) return 'warm-up';
  return elapsedUs <= phases.warmupUs + phases.measureUs ? 'measure' : 'drain';
}

function summarize(recorded: SparseHistogram): LatencyPoint | null {
  if (recorded.count === 0) return null;
  return {
    p50Us: percentileOf(recorded, 50),
    p95Us: percentileOf(recorded, 95),
    p99Us: percentileOf(recorded, 99),
  };
}
