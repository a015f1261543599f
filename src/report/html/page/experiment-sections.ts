import { leastOf, mostOf } from '../../../extremes.ts';
import { formatCount, formatDuration, formatMs } from '../../../quantities.ts';
import type { ExperimentData, StepRow } from '../experiment-data.ts';
import { bar } from './bar.ts';
import { element } from './element.ts';
import { factList } from './facts.ts';
import { section } from './section.ts';
import { figure, table, text } from './table.ts';

/** From this ratio of the longest to the shortest on, bars as long as their figures would show only the longest. */
const LOGARITHMIC_FROM_RATIO = 30;

/** What kept the load from going higher; null where nothing was searched. */
export function bindingSection({ bindings }: ExperimentData): HTMLElement | null {
  return bindings.length === 0 ? null : section('bindings', 'What binds', factList(bindings));
}

/** Alternatives side by side, the one to choose set off; null where steps are points of a scale. */
export function comparisonSection({ steps, isComparison }: ExperimentData): HTMLElement | null {
  if (!isComparison || steps.length === 0) return null;
  const length = barLengths(steps);
  const rows = steps.map((step) => [
    named(step),
    bar(0, length.shareOf(step), step.isBest ? 'strong' : 'plain'),
    formatMs(step.p95Us),
    countOf(step.deliveredPerSecond),
    formatCount(step.lost),
  ]);
  const columns = [text('Alternative'), text(''), figure('p95, ms'), figure('Delivered/s'), figure('Lost')];
  const note = length.isLogarithmic ? ', bars logarithmic' : '';
  return section('comparison', 'Compared', table(`Delivery p95 of each alternative${note}`, columns, rows));
}

/** Every step in the order in which they ran. */
export function stepSection({ steps, observed }: ExperimentData): HTMLElement {
  const rows = steps.map((step) => [
    named(step),
    held(step),
    countOf(step.offeredPerSecond),
    countOf(step.deliveredPerSecond),
    formatMs(step.p50Us),
    formatMs(step.p95Us),
    formatMs(step.p99Us),
    formatCount(step.lost),
    formatCount(step.duplicated),
    formatCount(step.reordered),
    countOf(step.queueDepthMax),
    step.queueDrainUs === null ? '–' : formatDuration(step.queueDrainUs),
  ]);
  const columns = [
    text('Step'),
    text(''),
    ...[
      'Offered/s',
      'Delivered/s',
      'p50, ms',
      'p95, ms',
      'p99, ms',
      'Lost',
      'Doubled',
      'Reordered',
      'Queue',
      'Drained',
    ],
  ].map((column) => (typeof column === 'string' ? figure(column) : column));
  const broken = steps.filter(({ reasons }) => reasons !== '');
  return section(
    'steps',
    'Steps',
    table('Every step, in the order in which they ran', columns, rows),
    observed === null ? null : observedTable(observed),
    broken.length === 0 ? null : reasonTable(broken),
    element('p', { class: 'note' }, 'Every step has a page of its own, in its directory beside this one.'),
  );
}

function observedTable({ names, rows }: NonNullable<ExperimentData['observed']>): HTMLElement {
  const cells = rows.map(({ label, cells }) => [label, ...cells]);
  return table('What was observed, the most in each step', [text('Step'), ...names.map(figure)], cells);
}

function reasonTable(steps: readonly StepRow[]): HTMLElement {
  const rows = steps.map(({ label, reasons, directory }) => [label, reasons, element('code', {}, directory)]);
  return table('Why steps did not hold', [text('Step'), text('Because'), text('Result in')], rows);
}

function named(step: StepRow): Node {
  const marks = [...(step.isKnee ? ['knee'] : []), ...(step.isBest ? ['lowest p95'] : [])];
  const mark = marks.length === 0 ? null : element('small', {}, marks.join(', '));
  // Beside this page: chatbench writes them together.
  const page = element('a', { href: `${encodeURIComponent(step.directory.toWellFormed())}/report.html` }, step.label);
  return element('span', { class: step.isBest || step.isKnee ? 'chosen' : 'calm' }, page, mark);
}

function held({ held, verdict }: StepRow): Node {
  if (verdict === 'invalid') return element('span', { class: 'caution' }, '! invalid');
  return element('span', { class: held ? 'good' : 'bad' }, held ? '✓ held' : '✗ not held');
}

function barLengths(steps: readonly StepRow[]): { shareOf(step: StepRow): number; isLogarithmic: boolean } {
  const known = steps.flatMap(({ p95Us }) => (p95Us !== null && Number.isFinite(p95Us) && p95Us > 0 ? [p95Us] : []));
  const longest = mostOf(known, 1);
  const shortest = leastOf(known, longest);
  const isLogarithmic = longest / shortest >= LOGARITHMIC_FROM_RATIO;
  // A tenth for the shortest, the whole width for the longest.
  const scaled = (us: number) => 0.1 + (0.9 * Math.log(us / shortest)) / Math.log(longest / shortest);
  return {
    isLogarithmic,
    shareOf: ({ p95Us }) => {
      if (p95Us === null) return 0;
      if (!Number.isFinite(p95Us)) return 1;
      return isLogarithmic ? scaled(p95Us) : p95Us / longest;
    },
  };
}

function countOf(count: number | null): string {
  return count === null ? '–' : formatCount(count);
}

export function settingSections({ target, environment }: ExperimentData): readonly HTMLElement[] {
  return [section('target', 'Target', factList(target)), section('environment', 'Environment', factList(environment))];
}

export function rerunSection({ command }: ExperimentData): HTMLElement {
  return section(
    'reproduce',
    'Run it again',
    element(
      'pre',
      { tabindex: '0', 'aria-label': 'Command that repeats this experiment' },
      element('code', {}, command),
    ),
  );
}
