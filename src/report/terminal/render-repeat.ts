import { formatPlural } from '../../quantities.ts';
import { formatFigure } from '../format-figure.ts';
import { alignLeft, alignRight } from './display-width.ts';
import { choosePalette, type Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface RepeatView {
  readonly scenario: string;
  readonly planned: number;
  readonly trials: readonly { readonly directory: string; readonly verdict: 'pass' | 'fail' | 'invalid' }[];
  /** Measured as well, and not counted. */
  readonly setAside: readonly {
    readonly directory: string;
    readonly verdict: 'pass' | 'fail' | 'invalid';
    readonly reason: string;
  }[];
  /** In the metric's unit. */
  readonly figures: ReadonlyMap<string, Spread>;
  readonly indexFile: string;
}

const NAME_COLUMNS = 18;
const FIGURE_COLUMNS = 13;

/**
 * The trials of a repeat for a person at a terminal: each verdict, then median and range of what counts. Ends with a line break.
 */
export function renderRepeat(view: RepeatView, color: boolean): string {
  const palette = choosePalette(color);
  const head = ['median', 'least', 'most'].map((title) => alignRight(title, FIGURE_COLUMNS)).join('');
  const rows = [...view.figures].map(([subject, { median, least, most }]) => {
    const figures = [median, least, most]
      .map((value) => alignRight(formatFigure(subject, value), FIGURE_COLUMNS))
      .join('');
    return `   ${alignLeft(subject, NAME_COLUMNS - 2)}${subject === 'delivery.p95' ? palette.strong(figures) : figures}`;
  });
  const short = view.trials.length < view.planned ? palette.bad(` of ${view.planned} planned`) : '';
  return `${[
    '',
    ` ${palette.strong(formatPlural(view.trials.length, 'trial'))}${short} of ${view.scenario}: ${tally(view, palette)}`,
    ...setAsideLines(view, palette),
    '',
    ` ${alignLeft('', NAME_COLUMNS)}${palette.quiet(head)}`,
    ...rows,
    '',
    ` ${palette.strong(alignLeft('Trials', 13))}${view.indexFile}`,
  ].join('\n')}\n`;
}

function setAsideLines({ setAside }: RepeatView, palette: Palette): readonly string[] {
  return setAside.map(({ directory, verdict, reason }) => {
    const name = verdict === 'fail' ? `${directory} (fail)` : directory;
    return palette.quiet(`   set aside: ${name}: ${plainText(reason)}`);
  });
}

function tally({ trials }: RepeatView, palette: Palette): string {
  const of = (verdict: string) => trials.filter((trial) => trial.verdict === verdict).length;
  return [
    palette.good(`${of('pass')} pass`),
    of('fail') === 0 ? '0 fail' : palette.bad(`${of('fail')} fail`),
    of('invalid') === 0 ? '0 invalid' : palette.bad(`${of('invalid')} invalid`),
  ].join(', ');
}
