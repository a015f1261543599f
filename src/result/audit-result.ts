import { z } from 'zod';
import { AUDIT_ROWS, GRADES } from '../choices.ts';
import type { DataOf } from '../data-schema.ts';
import { experimentResult } from './experiment-result.ts';

const grade = z.enum(GRADES).nullable();

const figure = z.strictObject({
  /** As in a threshold, or "capacity" (/s), or "recovery" (times the length of the burst). */
  metric: z.string(),
  operator: z.string(),
  /** What it came to, as reports write it. */
  actual: z.string(),
  /** Null: not measured, or not known well enough. */
  grade,
  /** For A, B, C, D. */
  limits: z.array(z.string()),
  reason: z.string(),
});
export type AuditFigure = DataOf<typeof figure>;

const row = z.strictObject({
  id: z.enum(AUDIT_ROWS),
  title: z.string(),
  /** The worst of its figures; null where one that is none of the worst could not be graded, or nothing was measured. */
  grade,
  /** False: this target cannot be asked, so that nothing is missing. */
  isAsked: z.boolean(),
  /** Why there is none; null where there is one. */
  ungraded: z.string().nullable(),
  figures: z.array(figure),
  diagnosis: z.array(z.strictObject({ code: z.string(), text: z.string() })),
  advice: z.string(),
  /** Where what was measured lies, relative to the audit's own file; none where it was not run. */
  evidence: z.array(z.string()),
});
export type AuditedRow = DataOf<typeof row>;

export const auditResult = z.strictObject({
  schema: z.literal('chatbench.audit/1'),
  id: z.string(),
  startedAt: z.iso.datetime(),
  command: z.array(z.string()),
  /** The short form, whose figures are of a few seconds each. */
  quick: z.boolean(),
  /** How the target was named. */
  targetName: z.string(),
  environment: experimentResult.shape.environment,
  /** The worst of the rows; null where none could be graded. */
  grade,
  rows: z.array(row),
  /** The row to begin with, the worst; null where all are A. */
  first: z.strictObject({ row: z.enum(AUDIT_ROWS), text: z.string() }).nullable(),
  interruptedBy: experimentResult.shape.interruptedBy,
});
export type AuditResult = DataOf<typeof auditResult>;
