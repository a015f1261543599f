import { alignLeft, wrapText } from './display-width.ts';
import type { Palette } from './palette.ts';

/** Columns of the name in front of a fact, the indentation included. */
export const NAME_COLUMNS = 14;

export function heading(text: string, palette: Palette): string {
  return ` ${palette.strong(text)}`;
}

/** Lines under one name; nothing where there is none. */
export function fact(name: string, lines: readonly string[], palette: Palette): readonly string[] {
  return lines.map((line, index) => {
    const label = index === 0 ? palette.strong(name) : '';
    return ` ${alignLeft(label, NAME_COLUMNS - 1)}${line}`;
  });
}

export function wrapFacts(facts: readonly string[], columns: number): readonly string[] {
  return facts.length === 0 ? [] : wrapText(facts.join(', '), columns - NAME_COLUMNS);
}

export function indented(lines: readonly string[], columns: number): readonly string[] {
  return lines.map((line) => ' '.repeat(columns) + line);
}
