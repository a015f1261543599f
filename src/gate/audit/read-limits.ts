import { parse as readYaml } from 'yaml';
import { z } from 'zod';
import { AUDIT_ROWS } from '../../choices.ts';
import { ChatbenchError } from '../../errors.ts';
import { parseNumber, parseRatePerSecond } from '../../units.ts';
import { checkThreshold } from '../threshold.ts';
import { AUDIT, type AuditRow } from './audit-rows.ts';
import { type Criterion, thresholdsOf } from './criterion.ts';

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
  const parsed = limitsFile.safeParse(parseYaml(text, file) ?? {});
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
    const problem = findProblem(replaced);
    if (problem !== null) throw refuse(file, `${row.id}.${criterion.metric}`, problem);
    return replaced;
  });
  return { ...row, criteria };
}

function parseYaml(text: string, file: string): unknown {
  try {
    return readYaml(text);
  } catch (cause) {
    throw refuse(file, 'YAML', (cause as Error).message.split('\n', 1)[0]!);
  }
}

function findProblem(criterion: Criterion): string | null {
  // No threshold is set on these two.
  const parse = { capacity: parseRatePerSecond, recovery: parseNumber }[criterion.metric];
  if (parse === undefined)
    return (
      thresholdsOf(criterion)
        .map((expression) => checkThreshold(expression))
        .find((problem) => problem !== null) ?? null
    );
  return criterion.limits.map(parse).find((parsed) => !parsed.ok)?.reason ?? null;
}

function refuse(file: string, where: string, problem: string): ChatbenchError {
  return new ChatbenchError('usage', `${file}: ${where}: ${problem}`, {
    hint: 'docs/audit.md lists the rows, their figures and their limits',
  });
}
