import { z } from 'zod';
import type { DataOf } from '../../data-schema.ts';

/** What never arrived is endless. */
const unbounded = z.union([z.number(), z.literal('Infinity')]);

/** The object that `chatbench history --json` prints. Names stay; more may be added. */
export const historySchema = z.strictObject({
  schema: z.literal('chatbench.history/1'),
  /** What all of the runs are of: "burst on local". */
  title: z.string(),
  /** Oldest first; a repeat is one of them, with so many trials. */
  runs: z.array(
    z.strictObject({
      id: z.string(),
      startedAt: z.iso.datetime(),
      verdict: z.enum(['pass', 'fail', 'invalid']),
      trials: z.number().int().positive(),
    }),
  ),
  series: z.array(
    z.strictObject({
      /** As a threshold names it: times in µs, rates per second, counts. */
      subject: z.string(),
      /** One per run; null where it has no data or is invalid. */
      values: z.array(unbounded.nullable()),
      /** Where a level ends and another begins: the first run of the new one, the medians of both, and after ÷ before. */
      changes: z.array(
        z.strictObject({
          index: z.number().int().nonnegative(),
          before: unbounded,
          after: unbounded,
          ratio: unbounded,
          p: z.number(),
        }),
      ),
    }),
  ),
});

export type HistoryObject = DataOf<typeof historySchema>;
