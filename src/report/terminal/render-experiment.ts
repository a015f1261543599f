import { mostOf } from '../../extremes.ts';
import { formatCount, formatMs, formatPlural } from '../../quantities.ts';
import type { ExperimentResult, ExperimentStep } from '../../result/experiment-result.ts';
import { describeExperiment } from '../describe-experiment.ts';
import { describeReach } from '../describe-reach.ts';
import { stepLatencyUs } from '../step-latency.ts';
import { alignLeft, alignRight, displayWidth, wrapText } from './display-width.ts';
import { fact, wrapFacts } from './fact-lines.ts';
import { fanoutTable } from './fanout-table.ts';
import { observedTable } from './observed-table.ts';
import { choosePalette, type Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

export interface ExperimentSummaryOptions {
  readonly color: boolean;
  readonly columns: number;
  readonly files: readonly string[];
}

const HEAD = ['deliv/s', 'p50 ms', 'p95 ms', 'p99 ms', 'lost', 'queue'];
const GAP_COLUMNS = 2;
const BAR_COLUMNS = 12;
const KNEE = ' knee';

/** The summary of an experiment for a person at a terminal: the answer first, then a line for each step. Fits 80 columns. */
export function renderExperiment(experiment: ExperimentResult, options: ExperimentSummaryOptions): string {
  const palette = choosePalette(options.color);
  const columns = Math.min(100, Math.max(80, options.columns));
  const { title, state, sentences } = describeExperiment(experiment);
  const banner = {
    found: palette.good(`✓ ${title}`),
    open: palette.caution(`! ${title}`),
    none: palette.bad(`✗ ${title}`),
  }[state];
  const blocks = [
    [
      ` ${banner}  ${palette.strong(plainText(experiment.scenario))}`,
      ...sentences.flatMap((text) => wrapText(plainText(text), columns - 3).map((line) => `   ${line}`)),
    ],
    stepTable(experiment, palette, columns),
    fanoutTable(experiment, palette),
    observedTable(experiment, palette, columns),
    [...targetLines(experiment, palette, columns), ...fact('Report', options.files, palette)],
  ];
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `\n${text.join('\n\n')}\n`;
}

/** What all steps had in common, with versions; every public host. */
function targetLines({ target }: ExperimentResult, palette: Palette, columns: number): readonly string[] {
  const { kind, topology, queueType, gateways, workers } = target;
  const parts = [
    kind === 'embedded' ? 'embedded (in-process, no real broker)' : (kind ?? 'differs from step to step'),
    topology === null ? '' : `topology ${plainText(topology)}`,
    gateways === null ? '' : formatPlural(gateways, 'gateway'),
    workers === null || workers === 0 ? '' : formatPlural(workers, 'worker'),
    queueType === 'quorum' ? 'quorum queues' : '',
  ].filter((part) => part !== '');
  const components = target.components.map(({ name, version }) => plainText(`${name} ${version}`));
  const reach = describeReach(target).map(plainText);
  const trust = target.unverified ? ['certificate not verified (--insecure)'] : [];
  const lines = [parts, components, reach, trust].flatMap((facts) => wrapFacts(facts, columns));
  return fact('Target', lines, palette);
}

function stepTable(experiment: ExperimentResult, palette: Palette, columns: number): readonly string[] {
  const { steps, knee, kind } = experiment;
  const names = steps.map(({ label }) => plainText(label));
  // Past the knee of a sweep a linear scale would show nothing else; alternatives are compared by their length.
  const isLogarithmic = kind !== 'matrix';
  const title = isLogarithmic ? 'p95, log' : 'p95';
  const figures = steps.map(figuresOf);
  const widths = HEAD.map(
    (name, at) => GAP_COLUMNS + mostOf([name, ...figures.map((row) => row[at]!)].map(displayWidth)),
  );
  const inColumns = (row: readonly string[]) => row.map((cell, at) => alignRight(cell, widths[at]!)).join('');
  const taken = 3 + widths.reduce((sum, width) => sum + width) + GAP_COLUMNS;
  const room = columns - taken - (knee === null ? 0 : KNEE.length);
  const nameColumns = Math.min(room - title.length, mostOf(names.map(displayWidth), 8));
  const bar = scaleBars(steps, Math.min(BAR_COLUMNS, room - nameColumns), isLogarithmic);
  return [
    palette.quiet(`   ${alignLeft('', nameColumns)}${inColumns(HEAD)}  ${title}`),
    ...steps.flatMap((step, index) => {
      const name = names[index]!;
      // A name that is too long has a line of its own: cut off, two combinations would look alike.
      const [above, beside] = displayWidth(name) > nameColumns ? [name, ''] : [null, name];
      const mark = step.held ? palette.good('✓') : palette.bad('✗');
      const line = `${alignLeft(beside, nameColumns)}${inColumns(figures[index]!)}  ${bar(step)}${index === knee ? palette.strong(KNEE) : ''}`;
      return above === null ? [` ${mark} ${line}`] : [` ${mark} ${above}`, `   ${line}`];
    }),
  ];
}

/** In the order of `HEAD`. */
function figuresOf({ figures }: ExperimentStep): readonly string[] {
  return [
    figures.deliveredPerSecond === null ? '–' : formatCount(figures.deliveredPerSecond),
    formatMs(stepLatencyUs(figures, 'p50Us')),
    formatMs(stepLatencyUs(figures, 'p95Us')),
    formatMs(stepLatencyUs(figures, 'p99Us')),
    formatCount(figures.lost),
    figures.queueDepthMax === null ? '–' : formatCount(figures.queueDepthMax),
  ];
}

/** Yields what draws the p95 of a step, the longest of them all columns wide. */
function scaleBars(steps: readonly ExperimentStep[], columns: number, isLogarithmic: boolean) {
  const scale = (us: number) => (isLogarithmic ? Math.log10(1 + us / 100) : us);
  const longest = scale(
    mostOf(
      steps.map(({ figures }) => figures.p95Us ?? 0),
      1,
    ),
  );
  return ({ figures: { p95Us } }: ExperimentStep): string =>
    p95Us === null ? '' : '█'.repeat(Math.max(1, Math.round((scale(p95Us) / longest) * columns)));
}
