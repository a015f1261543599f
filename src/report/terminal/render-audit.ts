import type { Grade } from '../../choices.ts';
import type { AuditedRow, AuditResult } from '../../result/audit-result.ts';
import { alignLeft, wrapText } from './display-width.ts';
import { fact, indented } from './fact-lines.ts';
import { choosePalette, type Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

export interface AuditScreen {
  readonly color: boolean;
  readonly columns: number;
  readonly files: readonly string[];
}

const TITLE_COLUMNS = 34;
const INDENT = 7;

/** An audit for a person at a terminal: the grade, a line for each row, what to do first. Lines fit 72 to 100 columns. */
export function renderAudit(audit: AuditResult, { color, columns: given, files }: AuditScreen): string {
  const palette = choosePalette(color);
  const columns = Math.min(100, Math.max(72, given));
  const of = `${plainText(audit.targetName)}${audit.quick ? ', quick' : ''}`;
  const first =
    audit.first === null ? [] : ['', ...indented(wrapText(`→ First: ${plainText(audit.first.text)}`, columns - 3), 3)];
  const lines = [
    ` ${gradeMark(audit.grade, palette)}  ${palette.strong('audit')} of ${of}`,
    '',
    ...audit.rows.flatMap((row) => rowLines(row, palette, columns)),
    ...first,
    '',
    ...fact('Report', files, palette),
  ];
  return `\n${lines.join('\n')}\n`;
}

/** What decides its grade beside the title; the reason below, where it has none. */
function rowLines(row: AuditedRow, palette: Palette, columns: number): readonly string[] {
  const head = `   ${gradeMark(row.grade, palette)}   ${alignLeft(row.title, TITLE_COLUMNS)}`;
  if (row.ungraded !== null) {
    const [first, ...rest] = wrapText(plainText(row.ungraded), columns - INDENT - TITLE_COLUMNS);
    return [`${head}${palette.quiet(first!)}`, ...indented(rest.map(palette.quiet), INDENT + TITLE_COLUMNS)];
  }
  const deciding = row.figures.filter(({ grade }) => grade === row.grade && grade !== 'A');
  const told = deciding.length > 0 ? deciding : row.figures.slice(0, 2);
  // A figure is not torn from its unit.
  const text = told
    .map(({ metric, actual }) => `${metric}\u00a0${plainText(actual).replaceAll(' ', '\u00a0')}`)
    .join(', ');
  const [first, ...rest] = wrapText(text, columns - INDENT - TITLE_COLUMNS);
  return [`${head}${first}`, ...indented(rest, INDENT + TITLE_COLUMNS)];
}

function gradeMark(grade: Grade | null, palette: Palette): string {
  if (grade === null) return palette.quiet('–');
  if (grade === 'A' || grade === 'B') return palette.good(grade);
  return grade === 'F' ? palette.bad(grade) : palette.caution(grade);
}
