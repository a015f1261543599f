import { z } from 'zod';
import { VARIED } from '../choices.ts';
import type { DataOf } from '../data-schema.ts';

const varied = z.enum(VARIED);
/** What the runs of an experiment differ in. */
export type Varied = DataOf<typeof varied>;

const search = z.strictObject({
  varied,
  /** The first value, per second or a count. */
  from: z.number(),
  /** The last one. */
  to: z.number(),
  /** How close the lowest value that failed comes to the highest that held, such as 0.1. */
  precision: z.number(),
});
export type Search = DataOf<typeof search>;

/**
 * Several runs of a scenario. `capacity`: search the highest value that is sustained. `curve`: search it, then replay shares
 * of it. `sweep`: one run for each value.
 */
export const experiment = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('capacity'), search }),
  z.strictObject({ kind: z.literal('curve'), search, shares: z.array(z.number()) }),
  z.strictObject({ kind: z.literal('sweep'), varied, values: z.array(z.number()) }),
]);
export type Experiment = DataOf<typeof experiment>;
