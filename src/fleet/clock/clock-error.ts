import type { ClockLine } from './clock-line.ts';

/** When a run began, on both clocks, µs: what somebody was told, as its clock was known then. */
export interface ToldStart {
  readonly ownUs: number;
  readonly otherUs: number;
}

/**
 * How far the other's time since the start may be from one's own at most, at any moment from the start to now, µs; null where nothing is
 * known of its clock.
 *
 * With offset(t) on a line and the start told at offset o, the error at t is offset(t) − o, which is largest at one of both ends:
 * max over t of |middle(t) − o| + bound(t).
 */
export function boundClockError(line: ClockLine, { ownUs, otherUs }: ToldStart, nowUs: number): number | null {
  let errorUs = 0;
  for (const atUs of [ownUs, nowUs]) {
    const known = line.at(atUs);
    if (known === null) return null;
    errorUs = Math.max(errorUs, Math.abs(known.offsetUs - (otherUs - ownUs)) + known.boundUs);
  }
  return errorUs;
}

/**
 * How far a time may be off that begins on one of these clocks and ends on another: the sum of the two largest errors, rounded up; 0
 * where there are no two.
 */
export function errorBetween(errorsUs: readonly number[]): number {
  const [largest = 0, second] = [...errorsUs].sort((a, b) => b - a);
  return second === undefined ? 0 : Math.ceil(largest + second);
}
