import { leastOf } from '../../extremes.ts';
import type { ShardSnapshot } from '../../fleet/shard-messages.ts';
import { Histogram, mergeSparse, type SparseHistogram } from '../../record/histogram.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import type { LiveEvent } from '../../record/live-update.ts';
import { mergeIntervals } from '../../record/merge-reports.ts';
import type { ConnectionCounts } from '../../record/samples.ts';
import type { Load } from '../../scenario/scenario.ts';

/** How far a run has come, as plain data: what its shards have told, put together. */
export interface RunProgress {
  readonly loop: Load['loop'];
  /** On the monotonic clock, µs; until the run starts, when it began to be followed. */
  readonly startAtUs: number;
  /** None while clients connect. */
  readonly connections: readonly ConnectionCounts[];
  /** Shards whose seconds are waited for. */
  readonly atWork: ReadonlySet<number>;
  /** Of each second that has not been told of yet, what shards have reported. */
  readonly waiting: ReadonlyMap<number, ReadonlyMap<number, RawInterval>>;
  /** How each shard fared when it last reported. */
  readonly snapshots: ReadonlyMap<number, ShardSnapshot>;
  /** Over the seconds that have been told of: all phases, and the latencies of the measured deliveries. */
  readonly sent: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly delivery: SparseHistogram;
  readonly isPaused: boolean;
  /** What has happened besides, oldest first. */
  readonly events: readonly LiveEvent[];
}

export type ProgressEvent =
  | { readonly kind: 'started'; readonly atUs: number }
  | { readonly kind: 'connected'; readonly connections: readonly ConnectionCounts[] }
  | {
      readonly kind: 'reported';
      readonly shard: number;
      readonly interval: RawInterval;
      readonly snapshot: ShardSnapshot;
    }
  /** The shard is over, or lost. */
  | { readonly kind: 'left'; readonly shard: number }
  /** A second of the whole run, as `findComplete` yields it. */
  | { readonly kind: 'complete'; readonly interval: RawInterval }
  /** @param atUs on the monotonic clock */
  | { readonly kind: 'paused'; readonly isPaused: boolean; readonly atUs: number }
  | { readonly kind: 'noted'; readonly event: LiveEvent };

/** Of a run of so many shards, none of which has told anything. */
export function beginProgress(shards: number, loop: Load['loop'], nowUs: number): RunProgress {
  return {
    loop,
    startAtUs: nowUs,
    connections: [],
    atWork: new Set(Array.from({ length: shards }, (_, shard) => shard)),
    waiting: new Map(),
    snapshots: new Map(),
    sent: 0,
    delivered: 0,
    skipped: 0,
    delivery: new Histogram().snapshot(),
    isPaused: false,
    events: [],
  };
}

/** The progress after this event. */
export function fold(progress: RunProgress, event: ProgressEvent): RunProgress {
  switch (event.kind) {
    case 'started':
      return { ...progress, startAtUs: event.atUs };
    case 'connected':
      return { ...progress, connections: event.connections };
    case 'reported':
      return {
        ...progress,
        snapshots: new Map(progress.snapshots).set(event.shard, event.snapshot),
        waiting: addReport(progress.waiting, event.shard, event.interval),
      };
    case 'left':
      return { ...progress, atWork: new Set([...progress.atWork].filter((shard) => shard !== event.shard)) };
    case 'complete':
      return addSecond(progress, event.interval);
    case 'paused':
      return pause(progress, event.isPaused, Math.max(0, event.atUs - progress.startAtUs));
    case 'noted':
      return { ...progress, events: [...progress.events, event.event] };
  }
}

/**
 * The first second that waits, over all shards, once each of those that are at work has reported it; otherwise null. Each shard
 * tells its seconds in order, so that an earlier one is never complete after a later one.
 */
export function findComplete({ waiting, atWork }: RunProgress): RawInterval | null {
  if (waiting.size === 0) return null;
  const reported = waiting.get(leastOf(waiting.keys()))!;
  if (![...atWork].every((shard) => reported.has(shard))) return null;
  return mergeIntervals([...reported.values()], [])[0]!;
}

function addReport(waiting: RunProgress['waiting'], shard: number, interval: RawInterval): RunProgress['waiting'] {
  const reported = new Map(waiting.get(interval.second)).set(shard, interval);
  return new Map(waiting).set(interval.second, reported);
}

function addSecond(progress: RunProgress, interval: RawInterval): RunProgress {
  return {
    ...progress,
    waiting: new Map([...progress.waiting].filter(([second]) => second !== interval.second)),
    sent: progress.sent + interval.sent,
    delivered: progress.delivered + interval.delivered,
    skipped: progress.skipped + interval.skipped,
    delivery: mergeSparse(progress.delivery, interval.delivery),
  };
}

/** A closed loop has no arrivals to pause, and that is told. */
function pause(progress: RunProgress, isPaused: boolean, atUs: number): RunProgress {
  if (progress.loop === 'closed') {
    const text = 'a closed loop has no arrivals that fall due: p pauses nothing';
    return { ...progress, events: [...progress.events, { atUs, kind: 'not-paused', text }] };
  }
  const event = isPaused
    ? { atUs, kind: 'paused', text: 'arrivals paused by hand: what falls due is skipped' }
    : { atUs, kind: 'resumed', text: 'arrivals go on' };
  return { ...progress, isPaused, events: [...progress.events, event] };
}
