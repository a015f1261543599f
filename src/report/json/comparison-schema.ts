import { z } from 'zod';
import { OBSERVED_UNITS } from '../../choices.ts';
import { count, type DataOf } from '../../data-schema.ts';

/** What never arrived is endless. */
const unbounded = z.union([z.number(), z.literal('Infinity')]);
const spread = z.strictObject({ median: unbounded, least: unbounded, most: unbounded }).nullable();
const side = z.strictObject({
  label: z.string(),
  runs: count,
  invalid: z.array(z.strictObject({ id: z.string(), problem: z.string() })),
});

/** What `chatbench ab` writes beside the trials of both sides. */
export const COMPARISON_FILE = 'comparison.json';

/** The object that `chatbench compare --json` prints. Names stay; more may be added. Times in ms. */
export const comparisonSchema = z.strictObject({
  schema: z.literal('chatbench.comparison/1'),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  exitCode: z.number().int(),
  /** Why, one line each. */
  reasons: z.array(z.string()),
  base: side,
  head: side,
  /** Chance of any false alarm among the times and the counts that are tested, at most. */
  alpha: z.number(),
  floorMs: z.number().nonnegative(),
  /** The same of counts that base's runs have, too. */
  floorCount: z.number().nonnegative().default(0),
  times: z.array(
    z.strictObject({
      subject: z.string(),
      tolerance: z.number().nonnegative(),
      baseMs: spread,
      headMs: spread,
      /** Hodges–Lehmann estimates of head ÷ base and head − base; `null` without data. */
      ratio: unbounded.nullable(),
      ratioInterval: z.tuple([unbounded, unbounded]).nullable(),
      differenceMs: z.union([unbounded, z.literal('-Infinity')]).nullable(),
      /** Exact, one-sided Mann–Whitney; and adjusted by Holm over all that is tested. */
      p: z.number().nullable(),
      adjustedP: z.number().nullable(),
      regressed: z.boolean(),
      /** The smallest ratio that this comparison would have found in 80 % of cases. */
      detectableRatio: z.number().nullable(),
    }),
  ),
  /** Of the worst run of each side. */
  counts: z.array(
    z.strictObject({
      name: z.string(),
      base: count,
      head: count,
      tolerance: z.number().nonnegative().default(0),
      /** All four as of a time, where base's runs have some; `null` where they have none, and a single one in head is too many. */
      ratio: unbounded.nullable().default(null),
      difference: z.number().nullable().default(null),
      p: z.number().nullable().default(null),
      adjustedP: z.number().nullable().default(null),
      regressed: z.boolean(),
    }),
  ),
  /** The most of what was observed beside the runs of each side, in its unit; not gated. */
  observed: z
    .array(z.strictObject({ name: z.string(), unit: z.enum(OBSERVED_UNITS), base: spread, head: spread }))
    .optional(),
  /** In what both sides differ besides, where the comparison was forced. */
  differences: z.array(z.string()),
  /** What may mislead whoever reads the figures, one line each. */
  cautions: z.array(z.string()).default([]),
  /** Whether a regression was there again when it was measured again; `null` where it was not. */
  confirmed: z.boolean().nullable(),
});

export type ComparisonObject = DataOf<typeof comparisonSchema>;
