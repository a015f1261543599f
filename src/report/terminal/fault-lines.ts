import { formatDuration } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeOutcome, faultRows } from '../fault-rows.ts';
import { wrapText } from './display-width.ts';
import { fact, NAME_COLUMNS } from './fact-lines.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

/** What was broken on purpose, when, and until when; nothing where nothing was. Times since the start of the run. */
export function faultLines(result: RunResult, palette: Palette, columns: number): readonly string[] {
  const lines = faultRows(result).flatMap((row) => {
    const outcome = describeOutcome(row);
    const text = `at ${formatDuration(row.atUs)}: ${row.text}${outcome === null ? '' : `, ${outcome}`}`;
    const wrapped = wrapText(plainText(text), columns - NAME_COLUMNS);
    return row.failure === null ? wrapped : wrapped.map(palette.bad);
  });
  return fact('Faults', lines, palette);
}
