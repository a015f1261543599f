import { monotonicUs } from '../../clock.ts';
import type { ShardSnapshot } from '../../fleet/shard-messages.ts';
import { Histogram, type SparseHistogram } from '../../record/histogram.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import { addCounts, zeroCounts } from '../../record/ledger-counts.ts';
import type { LatencyPoint, LiveEvent, LiveThreshold, LiveUpdate } from '../../record/live-update.ts';
import { mergeIntervals } from '../../record/merge-reports.ts';
import { percentileOf } from '../../record/percentile-of.ts';
import type { ConnectionCounts, LedgersSoFar } from '../../record/samples.ts';
import { redact } from '../../redact.ts';
import type { QueueReading } from '../../sampler/queue-probe.ts';
import type { Load, PhaseLengths } from '../../scenario/scenario.ts';
import { followOpening } from './follow-opening.ts';
import { NOTHING_KNOWN, type RunSoFar } from './judge-live.ts';

export interface RunFollower {
  start(startAtUs: number): void;
  /** A shard that still connects has opened so many by now. */
  connecting(shard: number, opened: number): void;
  connect(connections: readonly ConnectionCounts[]): void;
  /** A second of one shard, and how it fared at its end. */
  add(shard: number, interval: RawInterval, stand: ShardSnapshot): void;
  /** The shard is over, or lost: no second waits for it any more. What it told before still counts. */
  leave(shard: number): void;
  /** The operator has asked for a pause, or for its end. A closed loop has no arrivals to pause, and the view says so. */
  setPaused(isPaused: boolean): void;
  /** Something has happened, such as a fault. */
  note(event: LiveEvent): void;
  /** What has happened so far, oldest first. */
  events(): readonly LiveEvent[];
}

/** Puts the seconds of all shards together and tells about each once all of them that are still at work have reported it. */
export function followRun(options: {
  readonly shards: number;
  readonly clients: number;
  readonly phases: PhaseLengths;
  readonly loop: Load['loop'];
  readonly queue: () => QueueReading | null;
  /** The thresholds by what is known so far. */
  readonly judge: (soFar: RunSoFar) => readonly LiveThreshold[];
  readonly show: (update: LiveUpdate, delivery: SparseHistogram) => void;
  /** A second of the whole run, once every shard that is still at work has reported it. */
  readonly onSecond?: (interval: RawInterval, queueDepth: number | null) => void;
}): RunFollower {
  const { phases } = options;
  const overall = new Histogram();
  const atWork = new Set(Array.from({ length: options.shards }, (_, shard) => shard));
  /** Of each second that is not complete yet, what shards have reported. */
  const waiting = new Map<number, Map<number, RawInterval>>();
  const stands = new Map<number, ShardSnapshot>();
  let startAtUs = monotonicUs();
  let sent = 0;
  let delivered = 0;
  let skipped = 0;
  let connections: readonly ConnectionCounts[] = [];
  let isPaused = false;
  const opening = followOpening(monotonicUs());
  const events: LiveEvent[] = [];
  const show = (interval: RawInterval) => {
    overall.add(interval.delivery);
    const delivery = overall.snapshot();
    sent += interval.sent;
    delivered += interval.delivered;
    skipped += interval.skipped;
    const reading = options.queue();
    const depth = reading === null ? null : reading.ready + (reading.inFlight ?? 0);
    const elapsedUs = Math.min(monotonicUs() - startAtUs, (interval.second + 1) * 1_000_000);
    const phase = phaseAt(elapsedUs, phases);
    const ledgers = sumLedgers([...stands.values()]);
    const update: LiveUpdate = {
      phase,
      elapsedUs,
      totalUs: phases.warmupUs + phases.measureUs,
      connected: countOpened(connections, options.clients),
      clients: options.clients,
      openedPerSecond: 0,
      offeredPerSecond: interval.offered,
      sentPerSecond: interval.sent,
      deliveredPerSecond: interval.delivered,
      last: summarize(interval.delivery),
      overall: summarize(delivery),
      inFlight: interval.inFlight,
      sent,
      delivered,
      skipped,
      ledger: phase === 'warm-up' ? ledgers.warmup : ledgers.measure,
      generatorCpuRatio: Math.max(...[...stands.values()].map(({ cpuRatio }) => cpuRatio)),
      latenessMaxUs: interval.latenessMaxUs,
      queueDepth: depth,
      queueReady: reading?.ready ?? null,
      queueInFlight: reading?.inFlight ?? null,
      connections: sumEndpoints(connections),
      thresholds: options.judge({ interval, queueDepth: depth, delivery, ...ledgers, connections }),
      events: events.slice(-EVENTS_SHOWN),
      isPaused: options.loop === 'open' ? isPaused : null,
    };
    options.show(update, interval.delivery);
    options.onSecond?.(interval, depth);
  };
  const showComplete = () => {
    // Each shard tells its seconds in order, so that an earlier one is never complete after a later one.
    for (const [second, reported] of [...waiting].sort(([one], [other]) => one - other)) {
      if (![...atWork].every((shard) => reported.has(shard))) return;
      waiting.delete(second);
      show(mergeIntervals([...reported.values()], [])[0]!);
    }
  };
  return {
    start(atUs) {
      startAtUs = atUs;
    },
    add(shard, interval, stand) {
      stands.set(shard, stand);
      const reported = waiting.get(interval.second) ?? new Map<number, RawInterval>();
      waiting.set(interval.second, reported.set(shard, interval));
      showComplete();
    },
    leave(shard) {
      atWork.delete(shard);
      showComplete();
    },
    connecting(shard, opened) {
      const stand = opening.add(shard, opened, monotonicUs());
      if (stand === null || connections.length > 0) return;
      const thresholds = options.judge({ ...NOTHING_KNOWN, connections });
      options.show({ ...NOTHING_SENT, ...stand, clients: options.clients, thresholds }, new Histogram().snapshot());
    },
    connect(outcomes) {
      connections = outcomes;
    },
    setPaused(paused) {
      const atUs = Math.max(0, monotonicUs() - startAtUs);
      if (options.loop === 'closed') {
        events.push({
          atUs,
          kind: 'not-paused',
          text: 'a closed loop has no arrivals that fall due: p pauses nothing',
        });
        return;
      }
      isPaused = paused;
      events.push(
        paused
          ? { atUs, kind: 'paused', text: 'arrivals paused by hand: what falls due is skipped' }
          : { atUs, kind: 'resumed', text: 'arrivals go on' },
      );
    },
    note: (event) => void events.push(event),
    events: () => [...events],
  };
}

/** All figures of a run that has not begun. */
const NOTHING_SENT = {
  phase: 'connect',
  totalUs: 0,
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
  events: [],
  isPaused: false,
} as const;

/** As many as a screen has room for. */
const EVENTS_SHOWN = 5;

function countOpened(connections: readonly ConnectionCounts[], otherwise: number): number {
  return connections.length === 0 ? otherwise : connections.reduce((sum, { opened }) => sum + opened, 0);
}

function sumLedgers(stands: readonly ShardSnapshot[]): LedgersSoFar {
  const sum = (phase: keyof LedgersSoFar) =>
    stands.map(({ ledgers }) => ledgers[phase]).reduce(addCounts, zeroCounts());
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
