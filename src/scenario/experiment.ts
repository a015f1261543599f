import type { VARIED } from '../choices.ts';

/** What the runs of an experiment differ in. */
export type Varied = (typeof VARIED)[number];

/**
 * Several runs of a scenario. `capacity`: search the highest value that is sustained. `curve`: search it, then replay shares
 * of it. `sweep`: one run for each value.
 */
export type Experiment =
  | { readonly kind: 'capacity'; readonly search: Search }
  | { readonly kind: 'curve'; readonly search: Search; readonly shares: readonly number[] }
  | { readonly kind: 'sweep'; readonly varied: Varied; readonly values: readonly number[] };

export interface Search {
  readonly varied: Varied;
  /** The first value, per second or a count. */
  readonly from: number;
  /** The last one. */
  readonly to: number;
  /** How close the lowest value that failed comes to the highest that held, such as 0.1. */
  readonly precision: number;
}
