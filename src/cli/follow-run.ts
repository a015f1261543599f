import { monotonicUs } from '../clock.ts';
import { toHdr } from '../record/hdr-codec.ts';
import { Histogram } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { LatencyPoint, LiveUpdate } from '../record/live-update.ts';
import { mergeIntervals } from '../record/merge-reports.ts';
import type { PhaseLengths } from '../scenario/scenario.ts';

export interface RunFollower {
  start(startAtUs: number): void;
  add(shard: number, interval: RawInterval): void;
  stop(): void;
}

/** Puts the seconds of all shards together and tells about each once all of them have reported it. */
export function followRun(options: {
  readonly shards: number;
  readonly clients: number;
  readonly phases: PhaseLengths;
  readonly queueDepth: () => number | null;
  readonly show: (update: LiveUpdate) => void;
  /** A second of the whole run, once every shard has reported it. */
  readonly onSecond?: (interval: RawInterval, queueDepth: number | null) => void;
}): RunFollower {
  const { phases } = options;
  const overall = new Histogram();
  const waiting = new Map<number, RawInterval[]>();
  let startAtUs = monotonicUs();
  let sent = 0;
  let delivered = 0;
  const show = (interval: RawInterval) => {
    overall.add(interval.delivery);
    sent += interval.sent;
    delivered += interval.delivered;
    const elapsedUs = Math.min(monotonicUs() - startAtUs, (interval.second + 1) * 1_000_000);
    options.show({
      phase: phaseAt(elapsedUs, phases),
      elapsedUs,
      totalUs: phases.warmupUs + phases.measureUs,
      connected: options.clients,
      clients: options.clients,
      offeredPerSecond: interval.offered,
      sentPerSecond: interval.sent,
      deliveredPerSecond: interval.delivered,
      last: summarize(fromSparse(interval)),
      overall: summarize(overall),
      inFlight: interval.inFlight,
      sent,
      delivered,
      queueDepth: options.queueDepth(),
    });
  };
  return {
    start(atUs) {
      startAtUs = atUs;
    },
    add(_shard, interval) {
      const reported = [...(waiting.get(interval.second) ?? []), interval];
      waiting.set(interval.second, reported);
      if (reported.length < options.shards) return;
      waiting.delete(interval.second);
      const merged = mergeIntervals(reported, [])[0]!;
      show(merged);
      options.onSecond?.(merged, options.queueDepth());
    },
    stop() {
      waiting.clear();
    },
  };
}

function phaseAt(elapsedUs: number, phases: PhaseLengths): LiveUpdate['phase'] {
  if (elapsedUs <= phases.warmupUs) return 'warm-up';
  return elapsedUs <= phases.warmupUs + phases.measureUs ? 'measure' : 'drain';
}

function fromSparse(interval: RawInterval): Histogram {
  const histogram = new Histogram();
  histogram.add(interval.delivery);
  return histogram;
}

function summarize(histogram: Histogram): LatencyPoint | null {
  if (histogram.count === 0) return null;
  const hdr = toHdr(histogram);
  return {
    p50Us: hdr.getValueAtPercentile(50),
    p95Us: hdr.getValueAtPercentile(95),
    p99Us: hdr.getValueAtPercentile(99),
  };
}
