import type { Clock } from '../clock.ts';
import { Histogram } from '../record/histogram.ts';
import { LoopDelay } from '../record/loop-delay.ts';
import type { LoopObserver } from '../record/observers.ts';
import { percentileOf } from '../record/percentile-of.ts';
import type { ShardHealth } from '../record/samples.ts';
import type { RunClock } from './run-clock.ts';

/** Watches the event loop that sends and reads, from when it is made until it is stopped. */
export interface LoopWatch extends LoopObserver, LoopStops {
  /** The run begins: what was before is no part of its figures. */
  begin(): void;
  stop(): void;
  /** Since the run began. */
  report(): Pick<ShardHealth, 'loopDelayP99Us' | 'loopDelayMaxUs'>;
}

/** What the loop adds to times that take several of its turns. */
export interface LoopStops {
  /** How much of the time since then, µs on the clock, it stood still, at least. */
  stoodStillUs(sinceUs: number): number;
}

export function watchLoop(clock: Clock, time: RunClock): LoopWatch {
  const loop = new LoopDelay(clock.nowUs());
  const all = new Histogram();
  let cancel = () => {};
  const beat = () => {
    // Sockets are read before timers run again: by then, what gathered during the block is read.
    if (loop.beat(clock.nowUs())) clock.after(0, () => loop.readOn());
    cancel = clock.after(loop.dueUs - clock.nowUs(), beat);
  };
  cancel = clock.after(loop.dueUs - clock.nowUs(), beat);
  const drainDelay = () => {
    const delay = loop.delay.drain();
    all.add(delay);
    return delay;
  };
  return {
    blockedUs: (sinceUs, nowUs) => loop.blockedUs(sinceUs + time.startAtUs, nowUs + time.startAtUs),
    stoodStillUs: (sinceUs) => loop.stoodStillUs(sinceUs, clock.nowUs()),
    drainDelay,
    begin() {
      drainDelay();
      all.drain();
    },
    stop: () => cancel(),
    report() {
      drainDelay();
      const { count, maxUs } = all;
      return { loopDelayP99Us: count === 0 ? 0 : percentileOf(all.snapshot(), 99), loopDelayMaxUs: maxUs };
    },
  };
}
