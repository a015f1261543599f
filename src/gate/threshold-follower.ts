import type { RawInterval } from '../record/interval-series.ts';
import type { KnownRun } from './known-run.ts';
import type { readSubject } from './subject.ts';
import type { Measured } from './threshold.ts';

/** A threshold, told of one second of a run after the other; it keeps as many as its window and those that are open, and no more. */
export interface ThresholdFollower {
  /** @param queueDepth  at the end of this second; null where unknown */
  add(interval: RawInterval, queueDepth: number | null): void;
  /** What its subject comes to by now; null where there is no data yet. */
  measure(besides: KnownBesides): Measured | null;
}

/** How a run is followed. */
export interface Following {
  /**
   * So many seconds are open for what comes late: what was due before counts as due in the oldest of them. At least as long as
   * deliveries are waited for, or they would be taken for less late than they are.
   */
  readonly openSeconds: number;
  /**
   * All seconds of a run that is over are told: what has not arrived by the last is lost. Else it may still come, and is taken for as
   * late as it is by now.
   */
  readonly isOver: boolean;
  /** As measured by default, or `readSubjectOfTarget`. */
  readonly read?: typeof readSubject | undefined;
}

/** Of a run that is under way: a minute, or as long as deliveries are waited for. */
export function followLive({ deliveryUs }: { readonly deliveryUs: number }): Following {
  return { openSeconds: Math.max(60, Math.ceil(deliveryUs / 1_000_000)), isOver: false };
}

/** What is known besides the seconds themselves. */
export type KnownBesides = Omit<KnownRun, 'timetable' | 'seconds' | 'queue'>;

/** Of a run of which only seconds are known. */
export const SECONDS_ALONE: KnownBesides = {
  lostUntold: 0,
  ledgers: null,
  delivery: null,
  lateness: null,
  connections: null,
  result: null,
};
