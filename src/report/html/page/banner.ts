import type { ReportData } from '../report-data.ts';
import { element } from './element.ts';
import { overviewChart } from './overview-chart.ts';
import { formatWhen, keepUnits } from './phrase.ts';

const MARKS = { Pass: '✓', Fail: '✗', Invalid: '!' } as const;

const STATES = {
  holds: { mark: '✓', class: 'good', says: 'holds' },
  missed: { mark: '✗', class: 'bad', says: 'missed' },
  undecided: { mark: '?', class: 'caution', says: 'undecided' },
  behind: { mark: '!', class: 'caution', says: 'less than was offered' },
} as const;

/** The page's head: the verdict, why, and what recipients experienced, in figures and over time. */
export function banner(data: ReportData): HTMLElement {
  const { heading, verdict } = data;
  const mark = element('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[verdict.word]);
  return element(
    'header',
    { class: `banner ${verdict.status}` },
    element('p', { class: 'kicker' }, `chatbench · ${heading.scenario} · ${formatWhen(heading.startedAt)}`),
    element('h1', {}, mark, ` ${verdict.word}`),
    element('ul', { class: 'reasons' }, ...verdict.reasons.map((reason) => element('li', {}, reason))),
    verdict.partial === null ? null : element('p', { class: 'partial' }, verdict.partial),
    element('p', { class: 'finding' }, keepUnits(verdict.finding)),
    verdict.diagnosis.length === 0
      ? null
      : element(
          'ul',
          { class: 'diagnosis', 'aria-label': 'Diagnosis' },
          ...verdict.diagnosis.map(({ code, text }) =>
            element('li', {}, keepUnits(text), ' ', element('code', {}, code)),
          ),
        ),
    element('p', { class: 'setting' }, keepUnits(`${heading.load}, on target ${heading.target}.`)),
    element('dl', { class: 'headline' }, ...data.headline.map(tile)),
    overviewChart(data),
  );
}

/** A figure, what was wanted of it, and whether it is so. */
function tile({ name, value, limit, state }: ReportData['headline'][number]): HTMLElement {
  const told = state === null ? null : STATES[state];
  return element(
    'div',
    { class: told === null ? 'calm' : told.class },
    element('dt', {}, name),
    element(
      'dd',
      {},
      told === null
        ? null
        : element('span', { class: 'state', role: 'img', 'aria-label': told.says, title: told.says }, told.mark),
      keepUnits(value),
      limit === null ? null : element('small', {}, keepUnits(limit)),
    ),
  );
}
