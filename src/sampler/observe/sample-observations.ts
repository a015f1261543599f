import type { ObservedSeries } from '../observations.ts';
import type { OpenObservation } from './open-observations.ts';
import { QUEUE_READY, QUEUE_UNACKED } from './queue-of-observed.ts';
import type { QueueReading } from './queue-reading.ts';
import { sampleObservation } from './sample-observation.ts';

/** The latest of a series. */
export interface LatestValue {
  readonly name: string;
  readonly unit: ObservedSeries['unit'];
  /** Null where it could not be read last. */
  readonly value: number | null;
}

export interface ObservationsSampling {
  latest(): readonly LatestValue[];
  /** Of the run's queue; null where it is not observed, or could not be read last. */
  latestQueue(): QueueReading | null;
  /** Idempotent. */
  stop(): Promise<readonly ObservedSeries[]>;
}

/** Samples all of them, each on a timer of its own. */
export function sampleObservations(opened: readonly OpenObservation[], startAtUs: number): ObservationsSampling {
  const samplings = opened.map((one) => sampleObservation(one, startAtUs));
  const latest = (wanted: string) => samplings.find(({ name }) => name === wanted)?.latest() ?? null;
  return {
    latest: () => samplings.map(({ name, unit, latest: value }) => ({ name, unit, value: value() })),
    latestQueue() {
      const ready = latest(QUEUE_READY);
      return ready === null ? null : { ready, inFlight: latest(QUEUE_UNACKED) };
    },
    stop: () => Promise.all(samplings.map((sampling) => sampling.stop())),
  };
}
