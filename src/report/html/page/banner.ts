import type { ReportData } from '../report-data.ts';
import { element } from './element.ts';
import { formatWhen, keepUnits } from './phrase.ts';

const MARKS = { Pass: '✓', Fail: '✗', Invalid: '!' } as const;

/** The page's head: the verdict, why, and what recipients experienced. */
export function banner({ heading, verdict, headline }: ReportData): HTMLElement {
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
          { class: 'reasons', 'aria-label': 'Diagnosis' },
          ...verdict.diagnosis.map(({ code, text }) =>
            element('li', {}, keepUnits(text), ' ', element('code', {}, code)),
          ),
        ),
    element('p', { class: 'setting' }, keepUnits(`${heading.load}, on target ${heading.target}.`)),
    element(
      'dl',
      { class: 'headline' },
      ...headline.map((fact) =>
        element('div', { class: fact.tone ?? 'calm' }, element('dt', {}, fact.name), element('dd', {}, fact.value)),
      ),
    ),
  );
}
