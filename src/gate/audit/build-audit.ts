import { GRADES, type Grade } from '../../choices.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { AuditedRow, AuditFigure, AuditResult } from '../../result/audit-result.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { AuditRow } from './audit-rows.ts';
import { worstGrade } from './grade.ts';
import { gradeFigure } from './grade-run.ts';

/** What a row's run came to. */
export interface Evidence {
  readonly result: RunResult;
  readonly diagnosis: readonly Diagnosis[];
  /** Where it lies, relative to the audit's own file. */
  readonly directories: readonly string[];
}

/** A row by what its run measured. A partial run says nothing about the target. */
export function gradeRow(row: AuditRow, { result, diagnosis, directories }: Evidence): AuditedRow {
  if (result.completeness.status === 'partial') {
    return leaveUngraded(row, `the run is partial: ${result.completeness.reason ?? 'it ended early'}`, directories);
  }
  return composeRow(
    row,
    row.criteria.map((criterion) => gradeFigure(criterion, result)),
    diagnosis,
    directories,
  );
}

/** A row of given figures: the worst of them counts, and one without a grade leaves it without, unless another is F. */
export function composeRow(
  { id, title, advice }: AuditRow,
  figures: readonly AuditFigure[],
  diagnosis: readonly Diagnosis[],
  directories: readonly string[],
): AuditedRow {
  const grades = figures.flatMap(({ grade }) => grade ?? []);
  const worst = worstGrade(grades);
  const open = figures.filter(({ grade }) => grade === null).map(({ metric, actual }) => `${metric} (${actual})`);
  const grade = open.length > 0 && worst !== 'F' ? null : worst;
  return {
    ...{ id, title, grade, advice, isAsked: true },
    ungraded: grade === null ? `not known well enough: ${open.join(', ')}` : null,
    figures: [...figures],
    diagnosis: diagnosis.map(({ code, text }) => ({ code, text })),
    evidence: [...directories],
  };
}

/** A row that was run, or tried, to no avail. */
export function leaveUngraded(
  { id, title, advice }: AuditRow,
  reason: string,
  directories: readonly string[] = [],
): AuditedRow {
  return {
    ...{ id, title, advice, grade: null, isAsked: true, ungraded: reason },
    ...{ figures: [], diagnosis: [], evidence: [...directories] },
  };
}

/** A row that this target has nothing for. */
export function leaveUnasked(row: AuditRow, reason: string): AuditedRow {
  return { ...leaveUngraded(row, reason), isAsked: false };
}

/** All rows together: the grade is that of the worst, and what to do first is what the worst row says. */
export function buildAudit(facts: Omit<AuditResult, 'schema' | 'grade' | 'first'>): AuditResult {
  const grade = worstGrade(facts.rows.flatMap((row) => row.grade ?? []));
  return { schema: 'chatbench.audit/1', ...facts, grade, first: grade === null ? null : beginWith(facts.rows, grade) };
}

/** Of the worst rows the one that comes first: what follows was measured on what it found. */
function beginWith(rows: readonly AuditedRow[], worst: Grade): AuditResult['first'] {
  const row = rows.find(({ grade }) => grade === worst);
  if (row === undefined || worst === GRADES[0]) return null;
  const missed = row.figures.find(({ grade }) => grade === worst);
  const figure = missed === undefined ? '' : `${missed.metric} is ${missed.actual}. `;
  const [told] = row.diagnosis;
  return { row: row.id, text: `${row.title}: ${figure}${told?.text ?? `${capitalize(row.advice)}.`}` };
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
