import fc from 'fast-check';
import { DRIFT_MOST, WANDER_MOST } from '../fleet/clock/clock-line.ts';

/** A clock against the true time, µs; it tells whole microseconds, after they have passed. */
export interface DriftingClock {
  /** Not rounded. */
  exactAt(trueUs: number): number;
  at(trueUs: number): number;
}

export interface ClockDraw {
  readonly offsetUs: number;
  /** Parts of one. */
  readonly drift: number;
  /** By how much its drift is another one in each stretch of `STRETCH_US`, parts of one. */
  readonly wander: readonly number[];
}

const STRETCH_US = 1_700_000;

/**
 * Any two of them drift against each other by no more than `DRIFT_MOST`, and change that by no more than `WANDER_MOST`: with a hair to
 * spare, since the ratio of their rates is not quite the difference.
 */
export const clockDraw: fc.Arbitrary<ClockDraw> = fc.record({
  offsetUs: fc.integer({ min: -1e12, max: 1e12 }),
  drift: fc.double({ min: -0.4 * DRIFT_MOST, max: 0.4 * DRIFT_MOST, noNaN: true }),
  wander: fc.array(fc.double({ min: -0.24 * WANDER_MOST, max: 0.24 * WANDER_MOST, noNaN: true }), {
    minLength: 1,
    maxLength: 20,
  }),
});

export function createDriftingClock({ offsetUs, drift, wander }: ClockDraw): DriftingClock {
  const exactAt = (trueUs: number) => {
    let told = trueUs + offsetUs + drift * trueUs;
    for (let from = 0, i = 0; from < trueUs; from += STRETCH_US, i++) {
      told += wander[i % wander.length]! * Math.min(STRETCH_US, trueUs - from);
    }
    return told;
  };
  return { exactAt, at: (trueUs) => Math.floor(exactAt(trueUs)) };
}

/**
 * How long something takes, µs, and often no time at all: where one way takes none, and the other all of it, the truth is at the very end
 * of what an exchange leaves open.
 */
export function delayDraw(mostUs: number): fc.Arbitrary<number> {
  return fc.oneof(fc.constant(0), fc.integer({ min: 0, max: mostUs }));
}
