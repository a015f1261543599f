import type { ReportData } from '../report-data.ts';
import { element } from './element.ts';

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

/** Keeps a figure and its unit on one line. */
function keepUnits(text: string): string {
  return text.replaceAll(/(\d) (ms|s|min|%|B|kB|MB)(?!\w)/g, '$1\u00a0$2');
}

/** "22 November 2026, 13:05 UTC". */
function formatWhen(iso: string): string {
  const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${when.format(new Date(iso)).replace(' at ', ', ')} UTC`;
}
