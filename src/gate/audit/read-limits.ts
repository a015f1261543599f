import { parse } from 'yaml';
import { z } from 'zod';
import { AUDIT_ROWS } from '../../choices.ts';
import { ChatbenchError } from '../../errors.ts';
import { parseThreshold } from '../threshold.ts';
import { AUDIT, type AuditRow } from './audit-rows.ts';
import { thresholdsOf } from './criterion.ts';

/** row → figure → one to four limits, the best first. */
const limitsFile = z.partialRecord(z.enum(AUDIT_ROWS), z.record(z.string(), z.array(z.coerce.string()).min(1).max(4)));

/**
 * The rows with limits of a file in place of their own:
 *
 *     tails: { delivery.p99: [100ms, 200ms, 500ms, 1s] }
 *
 * @throws ChatbenchError `usage` for a row, a figure or a limit that there is none of
 */
export function readLimits(text: string, file: string): readonly AuditRow[] {
  const parsed = limitsFile.safeParse(parse(text) ?? {});
  if (!parsed.success) throw refuse(file, parsed.error.issues[0]!.path.join('.'), parsed.error.issues[0]!.message);
  return AUDIT.map((row) => replaceLimits(row, parsed.data[row.id] ?? {}, file));
}

function replaceLimits(row: AuditRow, given: Readonly<Record<string, readonly string[]>>, file: string): AuditRow {
  const known = row.criteria.map(({ metric }) => metric);
  const unknown = Object.keys(given).find((metric) => !known.includes(metric));
  if (unknown !== undefined) throw refuse(file, `${row.id}.${unknown}`, `expected one of ${known.join(', ')}`);
  const criteria = row.criteria.map((criterion) => {
    const limits = given[criterion.metric];
    if (limits === undefined) return criterion;
    const replaced = { ...criterion, limits, reason: `set in ${file}` };
    const problem = OWN.includes(criterion.metric) ? null : findProblem(thresholdsOf(replaced));
    if (problem !== null) throw refuse(file, `${row.id}.${criterion.metric}`, problem);
    return replaced;
  });
  return { ...row, criteria };
}

/** No threshold is set on these. */
const OWN: readonly string[] = ['capacity', 'recovery'];

function findProblem(expressions: readonly string[]): string | null {
  for (const expression of expressions) {
    const parsed = parseThreshold(expression, []);
    if (!parsed.ok) return parsed.problem;
  }
  return null;
}

function refuse(file: string, where: string, problem: string): ChatbenchError {
  return new ChatbenchError('usage', `${file}: ${where}: ${problem}`, {
    hint: 'docs/audit.md lists the rows, their figures and their limits',
  });
}
