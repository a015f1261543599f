import type { RunResult } from '../../result/run-result.ts';
import { ARTICLE_NOTES, articleRows } from '../article-rows.ts';
import { alignLeft, wrapText } from './display-width.ts';
import { indented } from './fact-lines.ts';
import type { Palette } from './palette.ts';

const NAME_COLUMNS = 18;
const FIGURE_COLUMNS = 12;
const NOTE_COLUMNS = 72;

/**
 * What a benchmark would have printed that times the request, each figure next to the recipients'; empty where none was asked
 * for.
 */
export function articleLines(result: RunResult, palette: Palette): readonly string[] {
  const rows = articleRows(result);
  if (rows.length === 0) return [];
  return [
    ` ${palette.strong('As in the article')}  ${palette.quiet('and, to its right, the truth')}`,
    ...rows.map(
      ({ name, figure, source, truth }) =>
        `   ${alignLeft(name, NAME_COLUMNS)}${alignLeft(figure, FIGURE_COLUMNS)}${source}: ${truth}`,
    ),
    ...indented(wrapText(ARTICLE_NOTES.join(' '), NOTE_COLUMNS), 3).map(palette.quiet),
  ];
}
