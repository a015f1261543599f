import { type Clock, monotonicClock } from '../clock.ts';
import type { QueueSeries } from './observations.ts';
import type { QueueProbe, QueueReading } from './queue-probe.ts';
import { ThinnedSamples } from './thinned-samples.ts';

export interface QueueSampling {
  latest(): QueueReading | null;
  /** Ends it and closes the probe. */
  stop(): Promise<QueueSeries>;
}

/** The interval of MEASUREMENT: short enough that a backlog of a second shows in ten samples. */
export const QUEUE_INTERVAL_MS = 100;
const INTERVAL_US = QUEUE_INTERVAL_MS * 1000;

/** Each of half an hour; how long a queue took to drain is told to a sample where that took four minutes at most. */
const SAMPLES_KEPT = { recent: 2_400, older: 14_400 };

interface QueueSample {
  readonly atUs: number;
  readonly ready: number;
  readonly inFlight: number | null;
}

/** No peak gets lost where samples are joined. */
function deeper(earlier: QueueSample, later: QueueSample): QueueSample {
  const depth = ({ ready, inFlight }: QueueSample) => ready + (inFlight ?? 0);
  return depth(later) > depth(earlier) ? later : earlier;
}

/**
 * Samples at 0, 100, 200 … ms from now, on a schedule that does not drift, and reads the probe, one reading at a time. A reading whose
 * reading fails, that is due while the one before it still waits for its answer, or that this process did not come to in time
 * is a gap: counted, never filled in, so that samples + gaps are the readings that were due, and a last one at the end.
 *
 * @param startAtUs run start on the monotonic clock: time 0 of the samples
 */
export function sampleQueue(probe: QueueProbe, startAtUs: number, clock: Clock = monotonicClock): QueueSampling {
  const samples = new ThinnedSamples(SAMPLES_KEPT, deeper);
  let gaps = 0;
  let latest: QueueReading | null = null;
  let reading: Promise<void> | null = null;
  const read = async () => {
    const beforeUs = clock.nowUs();
    try {
      latest = await probe.read();
      // The reading was taken somewhere between call and answer: the middle halves the error.
      const atUs = Math.round((beforeUs + clock.nowUs()) / 2) - startAtUs;
      samples.add({ atUs, ready: latest.ready, inFlight: latest.inFlight });
    } catch {
      gaps++;
    } finally {
      reading = null;
    }
  };

  const fromUs = clock.nowUs();
  let readings = 0;
  let cancel = () => {};
  const missUntil = (due: number) => {
    gaps += Math.max(0, due - readings);
    readings = Math.max(due, readings);
  };
  const sample = () => {
    missUntil(Math.floor((clock.nowUs() - fromUs) / INTERVAL_US));
    if (reading === null) reading = read();
    else gaps++;
    readings++;
    cancel = clock.after(fromUs + readings * INTERVAL_US - clock.nowUs(), sample);
  };
  sample();
  return {
    latest: () => latest,
    async stop() {
      cancel();
      missUntil(Math.floor((clock.nowUs() - fromUs) / INTERVAL_US));
      await reading;
      // Whether the queue is empty at the very end is what tells how long it took to drain.
      await read();
      await probe.close();
      const kept = samples.read();
      return {
        source: probe.source,
        intervalMs: QUEUE_INTERVAL_MS,
        gaps,
        ...(samples.every === 1 ? {} : { thinnedFrom: samples.total }),
        atUs: kept.map(({ atUs }) => atUs),
        ready: kept.map(({ ready }) => ready),
        inFlight: kept.map(({ inFlight }) => inFlight),
      };
    },
  };
}
