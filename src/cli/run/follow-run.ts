import { monotonicUs } from '../../clock.ts';
import type { ShardSnapshot } from '../../fleet/shard-messages.ts';
import type { SparseHistogram } from '../../record/histogram.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import type { LiveEvent, LiveUpdate } from '../../record/live-update.ts';
import type { ConnectionCounts } from '../../record/samples.ts';
import type { QueueReading } from '../../sampler/observe/queue-reading.ts';
import type { LatestValue } from '../../sampler/observe/sample-observations.ts';
import type { Load } from '../../scenario/scenario.ts';
import { followOpening } from './follow-opening.ts';
import { type Drawing, depthOf, NOTHING_DELIVERED, renderOpening, renderSecond } from './render-progress.ts';
import { beginProgress, findComplete, fold, type ProgressEvent } from './run-progress.ts';

export interface RunFollower {
  start(startAtUs: number): void;
  /** A shard that still connects has opened so many by now. */
  connecting(shard: number, opened: number): void;
  connect(connections: readonly ConnectionCounts[]): void;
  /** A second of one shard, and how it fared at its end. */
  add(shard: number, interval: RawInterval, snapshot: ShardSnapshot): void;
  /** The shard is over, or lost: no second waits for it any more. What it told before still counts. */
  leave(shard: number): void;
  /** The operator has asked for a pause, or for its end. A closed loop has no arrivals to pause, and the view says so. */
  setPaused(isPaused: boolean): void;
  /** Something has happened, such as a fault. */
  note(event: LiveEvent): void;
  /** What has happened so far, oldest first. */
  events(): readonly LiveEvent[];
}

export interface Following extends Drawing {
  readonly shards: number;
  readonly loop: Load['loop'];
  readonly queue: () => QueueReading | null;
  /** What the scenario observes beside the run; nothing by default. */
  readonly observed?: () => readonly LatestValue[];
  readonly show: (update: LiveUpdate, delivery: SparseHistogram) => void;
  /** A second of the whole run, once every shard that is still at work has reported it. */
  readonly onSecond?: (interval: RawInterval, queueDepth: number | null) => void;
}

/** Puts the seconds of all shards together and tells about each once all of them that are still at work have reported it. */
export function followRun(following: Following): RunFollower {
  const opening = followOpening(monotonicUs());
  let progress = beginProgress(following.shards, following.loop, monotonicUs());
  const tellSecond = (interval: RawInterval) => {
    const queue = following.queue();
    const update = renderSecond(progress, interval, queue, monotonicUs(), following);
    const observed = following.observed?.() ?? [];
    following.show(observed.length === 0 ? update : { ...update, observed }, interval.delivery);
    following.onSecond?.(interval, depthOf(queue));
  };
  const take = (event: ProgressEvent) => {
    progress = fold(progress, event);
    for (let interval = findComplete(progress); interval !== null; interval = findComplete(progress)) {
      progress = fold(progress, { kind: 'complete', interval });
      tellSecond(interval);
    }
  };
  return {
    start: (atUs) => take({ kind: 'started', atUs }),
    connect: (connections) => take({ kind: 'connected', connections }),
    add: (shard, interval, snapshot) => take({ kind: 'reported', shard, interval, snapshot }),
    leave: (shard) => take({ kind: 'left', shard }),
    setPaused: (isPaused) => take({ kind: 'paused', isPaused, atUs: monotonicUs() }),
    note: (event) => take({ kind: 'noted', event }),
    events: () => progress.events,
    connecting(shard, opened) {
      const connected = opening.add(shard, opened, monotonicUs());
      if (connected === null || progress.connections.length > 0) return;
      following.show(renderOpening(connected, following), NOTHING_DELIVERED);
    },
  };
}
