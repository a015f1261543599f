import { type Clock, monotonicClock, pause } from '../../clock.ts';
import type { ObservedSeries } from '../observations.ts';
import { readRegularly } from '../read-regularly.ts';
import { type SamplesKept, ThinnedSamples } from '../thinned-samples.ts';
import { describeTrouble, type OpenObservation } from './open-observations.ts';

export interface ObservationSampling {
  readonly name: string;
  readonly unit: ObservedSeries['unit'];
  /** Null before the first reading, and after one that failed. */
  latest(): number | null;
  /** Looks once more, ends it and closes the observation. */
  stop(): Promise<ObservedSeries>;
}

/** Each of half an hour; how long a queue took to drain is told to a sample where that took four minutes at most. */
const KEPT_US = { recent: 240_000_000, older: 1_440_000_000 };
/** However seldom they are. */
const LEAST_KEPT = { recent: 600, older: 1_200 };

interface Sample {
  readonly atUs: number;
  readonly value: number | null;
  /** Readings with a value that it is the mean of; 1 where it is the largest of any number. */
  readonly weight: number;
}

/** No peak gets lost where samples are joined. */
function larger(earlier: Sample, later: Sample): Sample {
  if (earlier.value === null || later.value === null) return earlier.value === null ? later : earlier;
  return later.value > earlier.value ? later : earlier;
}

/** What was used over two stretches, and not over the busier of them alone: what a run's processes had adds up to what they had. */
function mean(earlier: Sample, later: Sample): Sample {
  if (earlier.value === null || later.value === null)
    return earlier.value === null ? later : { ...earlier, atUs: later.atUs };
  const weight = earlier.weight + later.weight;
  const sum = earlier.value * earlier.weight + later.value * later.weight;
  return { atUs: later.atUs, value: Math.round((sum / weight) * 1e6) / 1e6, weight };
}

/** A run does not wait longer than this for what hangs when it is over. */
const LAST_WITHIN_US = 1_000_000;

/**
 * Samples one observation on a timer of its own. A reading that fails is a sample without a value; every reading that was due and
 * yielded none is a gap.
 *
 * @param startAtUs run start on the monotonic clock: time 0 of the samples
 */
export function sampleObservation(
  { observation, source, everyUs }: OpenObservation,
  startAtUs: number,
  clock: Clock = monotonicClock,
): ObservationSampling {
  const { name, unit } = observation;
  // Of processes all parts are noted alike, so that they stand beside each other.
  const isOfStretch = source === 'process' || unit === 'perSecond';
  const samples = new ThinnedSamples(keptAt(everyUs), unit === 'cores' ? mean : larger);
  let gaps = 0;
  let trouble: string | null = null;
  let isOver = false;
  const note = (beforeUs: number, value: number | null) => {
    if (isOver) return;
    // The reading was taken somewhere between call and answer: the middle halves the error.
    samples.add({ atUs: Math.round((beforeUs + clock.nowUs()) / 2) - startAtUs, value, weight: 1 });
    if (value === null) gaps++;
  };
  const read = async () => {
    const beforeUs = clock.nowUs();
    try {
      note(beforeUs, await observation.read());
    } catch (error) {
      trouble ??= describeTrouble(error);
      note(beforeUs, null);
    }
  };
  const reading = readRegularly(
    everyUs,
    read,
    (count) => {
      gaps += count;
    },
    clock,
  );
  const readLast = async () => {
    const lastUs = samples.last?.atUs ?? Number.NEGATIVE_INFINITY;
    // What became of a figure in a short stretch says little: CPU time comes in steps of 10 ms.
    if (isOfStretch && clock.nowUs() - startAtUs - lastUs < everyUs / 2) return;
    await read();
  };
  const end = async (): Promise<ObservedSeries> => {
    // Whether a queue is empty at the very end is what tells how long it took to drain.
    await Promise.race([reading.stop().then(readLast), pause(clock, LAST_WITHIN_US)]);
    isOver = true;
    void observation.close();
    const kept = samples.read();
    return {
      name,
      unit,
      source,
      intervalMs: Math.round(everyUs / 1000),
      gaps,
      ...(samples.every === 1 ? {} : { thinnedFrom: samples.total }),
      trouble,
      atUs: kept.map(({ atUs }) => atUs),
      values: kept.map(({ value }) => value),
    };
  };
  let ending: Promise<ObservedSeries> | null = null;
  return {
    name,
    unit,
    latest: () => samples.last?.value ?? null,
    stop() {
      ending ??= end();
      return ending;
    },
  };
}

function keptAt(everyUs: number): SamplesKept {
  const kept = (part: keyof SamplesKept) => Math.max(LEAST_KEPT[part], Math.round(KEPT_US[part] / everyUs));
  return { recent: kept('recent'), older: kept('older') };
}
