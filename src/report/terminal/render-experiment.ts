import type { ExperimentResult, ExperimentStep } from '../../result/experiment-result.ts';
import { describeExperiment } from '../describe-experiment.ts';
import { formatCount, formatMs } from '../quantities.ts';
import { alignLeft, alignRight, displayWidth, wrapText } from './display-width.ts';
import { choosePalette, type Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

export interface ExperimentSummaryOptions {
  readonly color: boolean;
  readonly columns: number;
  readonly files: readonly string[];
}

const FIGURE_COLUMNS = 8;
const BAR_COLUMNS = 12;

/** The summary of an experiment for a person at a terminal: the answer first, then a line for each step. Fits 80 columns. */
export function renderExperiment(experiment: ExperimentResult, options: ExperimentSummaryOptions): string {
  const palette = choosePalette(options.color);
  const columns = Math.min(100, Math.max(80, options.columns));
  const { title, held, sentences } = describeExperiment(experiment);
  const banner = held ? palette.good(`✓ ${title}`) : palette.bad(`✗ ${title}`);
  const blocks = [
    [
      ` ${banner}  ${palette.strong(plainText(experiment.scenario))}`,
      ...sentences.flatMap((text) => wrapText(plainText(text), columns - 3).map((line) => `   ${line}`)),
    ],
    stepTable(experiment, palette),
    [
      ` ${alignLeft('Target', 13)}${describeTarget(experiment.target)}`,
      ` ${alignLeft('Report', 13)}${options.files.join(`\n${' '.repeat(14)}`)}`,
    ],
  ];
  return `\n${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function describeTarget({ kind, topology }: ExperimentResult['target']): string {
  return [kind ?? 'differs from step to step', ...(topology === null ? [] : [`topology ${topology}`])].join(', ');
}

function stepTable(experiment: ExperimentResult, palette: Palette): readonly string[] {
  const { steps, knee } = experiment;
  const names = steps.map(({ label }) => plainText(label));
  const nameColumns = Math.min(26, Math.max(8, ...names.map(displayWidth)));
  const longest = Math.max(1, ...steps.map(({ figures }) => figures.p95Us ?? 0));
  const head = ['deliv/s', 'p50 ms', 'p95 ms', 'p99 ms', 'lost', 'queue'].map((title) =>
    alignRight(title, FIGURE_COLUMNS),
  );
  return [
    palette.quiet(`   ${alignLeft('', nameColumns)}${head.join('')}  p95`),
    ...steps.map((step, index) => {
      const mark = step.held ? palette.good('✓') : palette.bad('✗');
      const row = ` ${mark} ${alignLeft(names[index]!, nameColumns)}${figuresOf(step)}  ${bar(step, longest)}`;
      return index === knee ? `${row} ${palette.strong('knee')}` : row;
    }),
  ];
}

function figuresOf({ figures }: ExperimentStep): string {
  const cells = [
    figures.deliveredPerSecond === null ? '–' : formatCount(figures.deliveredPerSecond),
    formatMs(figures.p50Us),
    formatMs(figures.p95Us),
    formatMs(figures.p99Us),
    formatCount(figures.lost),
    figures.queueDepthMax === null ? '–' : formatCount(figures.queueDepthMax),
  ];
  return cells.map((cell) => alignRight(cell, FIGURE_COLUMNS)).join('');
}

/** On a logarithmic scale: past the knee a linear one would show nothing else. */
function bar({ figures }: ExperimentStep, longestUs: number): string {
  const us = figures.p95Us;
  if (us === null) return '';
  const share = longestUs <= 1000 ? us / longestUs : Math.log10(1 + us / 100) / Math.log10(1 + longestUs / 100);
  return '█'.repeat(Math.max(1, Math.round(share * BAR_COLUMNS)));
}
