import { mostOf } from '../../extremes.ts';
import type { Verdict } from '../../gate/verdict.ts';
import { driftRows } from '../drift-rows.ts';
import { alignLeft, alignRight, displayWidth, wrapText } from './display-width.ts';
import { heading, indented } from './fact-lines.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

/** Whether figures stayed as they were: a line for each, and one more for what drifts. */
export function driftLines(verdict: Verdict, palette: Palette, columns: number): readonly string[] {
  const rows = driftRows(verdict).map((row) => ({ ...row, name: plainText(row.name) }));
  if (rows.length === 0) return [];
  const nameColumns = mostOf([...rows.map(({ name }) => displayWidth(name)), 12]);
  const slopeColumns = mostOf([...rows.map(({ perHour }) => displayWidth(perHour)), 8]);
  return [
    heading('Over time', palette),
    palette.quiet(`   ${alignLeft('', nameColumns)}  ${alignRight('an hour', slopeColumns)}   with 99 % confidence`),
    ...rows.flatMap(({ name, perHour, interval, judgement, drifts }) => {
      const line = `   ${alignLeft(name, nameColumns)}  ${alignRight(perHour, slopeColumns)}   ${interval}`;
      if (!drifts) return [line];
      return [line, ...indented(wrapText(`→ ${plainText(judgement)}`, columns - 5).map(palette.caution), 5)];
    }),
  ];
}
