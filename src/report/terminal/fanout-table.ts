import { mostOf } from '../../extremes.ts';
import { formatMs } from '../../quantities.ts';
import type { ExperimentResult, ExperimentStep } from '../../result/experiment-result.ts';
import { FANOUT_FIGURES, stepLatencyUs } from '../step-latency.ts';
import { alignLeft, alignRight, displayWidth } from './display-width.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

const FIGURE_COLUMNS = 9;

/**
 * When the first, the median and the last member of a room have a message, by the size of the room; empty where that is not
 * varied.
 */
export function fanoutTable({ steps, varied }: ExperimentResult, palette: Palette): readonly string[] {
  if (varied !== 'room-size' || steps.length === 0) return [];
  const names = steps.map(({ label }) => plainText(label));
  const nameColumns = mostOf(names.map(displayWidth), 11);
  const head = FANOUT_FIGURES.map(({ name }) => alignRight(name, 2 * FIGURE_COLUMNS)).join('');
  const percentiles = FANOUT_FIGURES.map(() => pair('p50', 'p95')).join('');
  return [
    palette.quiet(`   ${alignLeft('Fan-out, ms', nameColumns)}${head}`),
    palette.quiet(`   ${alignLeft('', nameColumns)}${percentiles}`),
    ...steps.map((step, index) => `   ${alignLeft(names[index]!, nameColumns)}${figuresOf(step)}`),
  ];
}

function figuresOf({ figures }: ExperimentStep): string {
  return FANOUT_FIGURES.map(({ p50, p95 }) =>
    pair(formatMs(stepLatencyUs(figures, p50)), formatMs(stepLatencyUs(figures, p95))),
  ).join('');
}

function pair(p50: string, p95: string): string {
  return alignRight(p50, FIGURE_COLUMNS) + alignRight(p95, FIGURE_COLUMNS);
}
