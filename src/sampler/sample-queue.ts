import { monotonicUs } from '../clock.ts';
import type { QueueProbe, QueueReading } from './queue-probe.ts';

/** Queue depth over the run, on the run's clock; the columns have equal length. */
export interface QueueSamples {
  readonly source: QueueProbe['source'];
  readonly intervalMs: number;
  readonly gaps: number;
  readonly atUs: number[];
  readonly ready: number[];
  readonly inFlight: (number | null)[];
}

export interface QueueSampling {
  latest(): QueueReading | null;
  /** Ends it and closes the probe. */
  stop(): Promise<QueueSamples>;
}

/** The interval of MEASUREMENT: short enough that a backlog of a second shows in ten samples. */
export const QUEUE_INTERVAL_MS = 100;

/**
 * Reads the probe every 100 ms from now on, without overlap. A reading that fails, or that comes more than an interval
 * late, is a gap: counted, never filled in.
 *
 * @param startAtUs run start on the monotonic clock: time 0 of the samples
 */
export function sampleQueue(probe: QueueProbe, startAtUs: number): QueueSampling {
  const samples = {
    source: probe.source,
    intervalMs: QUEUE_INTERVAL_MS,
    gaps: 0,
    atUs: [],
    ready: [],
    inFlight: [],
  } as {
    -readonly [K in keyof QueueSamples]: QueueSamples[K];
  };
  let latest: QueueReading | null = null;
  let busy = false;
  const take = async () => {
    if (busy) {
      samples.gaps++;
      return;
    }
    busy = true;
    const beforeUs = monotonicUs();
    try {
      latest = await probe.read();
      // The reading was taken somewhere between call and answer: the middle halves the error.
      samples.atUs.push(Math.round((beforeUs + monotonicUs()) / 2) - startAtUs);
      samples.ready.push(latest.ready);
      samples.inFlight.push(latest.inFlight);
    } catch {
      samples.gaps++;
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void take(), QUEUE_INTERVAL_MS);
  return {
    latest: () => latest,
    async stop() {
      clearInterval(timer);
      // Whether the queue is empty at the very end is what tells how long it took to drain.
      await take();
      await probe.close();
      return samples;
    },
  };
}
