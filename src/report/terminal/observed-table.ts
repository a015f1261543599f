import { mostOf } from '../../extremes.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { observedOfSteps } from '../observed-of-steps.ts';
import { alignLeft, alignRight, displayWidth } from './display-width.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

const LONGEST_LABEL = 30;

/** The most of each observed series in each step: as many columns beside each other as fit, and the others below. */
export function observedTable({ steps }: ExperimentResult, palette: Palette, columns: number): readonly string[] {
  const observed = observedOfSteps(steps);
  if (observed === null) return [];
  const names = observed.names.map(plainText);
  const labels = observed.rows.map(({ label }) => plainText(label));
  const labelColumns = mostOf([
    displayWidth(TITLE),
    ...labels.map((label) => Math.min(LONGEST_LABEL, displayWidth(label))),
  ]);
  const widths = names.map(
    (name, at) => 2 + mostOf([name, ...observed.rows.map(({ cells }) => cells[at]!)].map(displayWidth)),
  );
  return layInBlocks(widths, columns - 3 - labelColumns).flatMap((block) => [
    palette.quiet(
      `   ${alignLeft(TITLE, labelColumns)}${block.map((at) => alignRight(names[at]!, widths[at]!)).join('')}`,
    ),
    ...observed.rows.map(({ cells }, row) => {
      const label = labels[row]!.slice(0, labelColumns);
      return `   ${alignLeft(label, labelColumns)}${block.map((at) => alignRight(cells[at]!, widths[at]!)).join('')}`;
    }),
  ]);
}

const TITLE = 'Observed, max';

/** The places of columns, in as many blocks as they need; each block has one at least. */
function layInBlocks(widths: readonly number[], room: number): readonly (readonly number[])[] {
  const blocks: number[][] = [];
  let left = 0;
  for (const [at, width] of widths.entries()) {
    const last = blocks.at(-1);
    if (last === undefined || width > left) {
      blocks.push([at]);
      left = room;
    } else last.push(at);
    left -= width;
  }
  return blocks;
}
