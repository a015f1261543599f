import type { RunResult } from '../../result/run-result.ts';
import { groupFigures, groupLosses, groupRows } from '../group-rows.ts';
import { wrapFacts } from './fact-lines.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

/** A fact for each group of clients; none where all do the same. */
export function groupFacts(result: RunResult, palette: Palette, columns: number): readonly string[] {
  return groupRows(result).flatMap((row) => {
    const [clients = '', ...figures] = groupFigures(row);
    // The number alone is coloured: a line may be broken at the space behind it.
    const losses = groupLosses(row).map((text) => text.replace(/^\S+/, (count) => palette.bad(count)));
    return wrapFacts([`${plainText(row.name)}: ${clients}`, ...figures, ...losses], columns);
  });
}
