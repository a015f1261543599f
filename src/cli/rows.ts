import { mostOf } from '../extremes.ts';
import { alignLeft, displayWidth, wrapText } from '../report/terminal/display-width.ts';

export interface Row {
  readonly name: string;
  /** Each begins on a line of its own. */
  readonly texts: readonly string[];
}

/** Names in a column as wide as the longest and two more, texts beside them, wrapped. */
export function layRows(rows: readonly Row[], columns: number): string {
  const indent =
    mostOf(
      rows.map(({ name }) => displayWidth(name)),
      0,
    ) + 2;
  return rows
    .flatMap(({ name, texts }) =>
      texts
        .flatMap((text) => wrapText(text, Math.max(20, columns - indent)))
        .map((line, index) => alignLeft(index === 0 ? name : '', indent) + line),
    )
    .join('\n');
}

/** As wide as the terminal, but easy to read; 80 where there is none. */
export function textColumns(): number {
  return Math.max(72, Math.min(100, process.stdout.columns ?? 80));
}
