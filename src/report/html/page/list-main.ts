import { formatCount, formatPlural } from '../../../quantities.ts';
import type { ListedRun } from '../listed-run.ts';
import { element } from './element.ts';
import { scrollable } from './table.ts';

const WORDS: Readonly<Record<ListedRun['state'], string>> = {
  pass: '✓ pass',
  fail: '✗ fail',
  invalid: '! invalid',
  running: '… running',
  unreadable: 'unreadable',
};
const TONES: Readonly<Record<ListedRun['state'], string>> = {
  pass: 'good',
  fail: 'bad',
  invalid: 'caution',
  running: 'caution running',
  unreadable: 'bad',
};

/** As many as are read at a glance; a page lays more over each other where it is asked to. */
const MOST_PICKED = 4;

const note = element('p', { class: 'note', role: 'status' }, 'Reading …');
const filter = element('input', {
  type: 'search',
  placeholder: 'Filter: burst fail local …',
  'aria-label': 'Filter the runs by words',
});
const compare = element('a', { class: 'compare', hidden: '' }, 'Compare');
const body = element('tbody', {});
let runs: readonly ListedRun[] = [];
const picked = new Set<string>();

function draw(): void {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = runs.filter((run) => {
    const text = [run.name, run.scenario, run.state, run.what, run.load, run.target, run.p95].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  body.replaceChildren(...shown.map(row));
  const count = formatPlural(runs.length, 'run');
  const of = words.length === 0 ? count : `${formatCount(shown.length)} of ${count}`;
  note.textContent = runs.length === 0 ? 'No run yet.' : `${of}, newest first. This list follows what is written.`;
  tellPicked();
}

function row(run: ListedRun): HTMLElement {
  const { name, what, state, startedAt, scenario, load, target, p95 } = run;
  const hasPage = state !== 'running' && state !== 'unreadable' && what !== 'comparison';
  const title = scenario || name;
  const heading = hasPage ? element('a', { href: `/runs/${encodeURIComponent(name.toWellFormed())}/` }, title) : title;
  return element(
    'tr',
    {},
    element('td', {}, hasPage && what === 'run' ? pick(name, title) : null),
    element('th', { scope: 'row' }, heading),
    element('td', { class: TONES[state] }, WORDS[state]),
    element('td', { class: 'figure' }, p95),
    element('td', {}, load),
    element('td', {}, target),
    element('td', {}, startedAt === null ? '' : startedAt.slice(0, 19).replace('T', ' ')),
  );
}

function pick(name: string, title: string): HTMLElement {
  const box = element('input', { type: 'checkbox', 'aria-label': `Compare ${title}, ${name}` });
  box.checked = picked.has(name);
  box.addEventListener('change', () => {
    if (box.checked) picked.add(name);
    else picked.delete(name);
    tellPicked();
  });
  return box;
}

/** Of two and more runs there is a page that lays them over each other, in the order in which they were picked. */
function tellPicked(): void {
  for (const name of picked) if (!runs.some((run) => run.name === name)) picked.delete(name);
  const isFit = picked.size >= 2 && picked.size <= MOST_PICKED;
  compare.hidden = !isFit;
  if (!isFit) return;
  compare.textContent = `Compare ${picked.size} runs`;
  compare.href = `/compare?${new URLSearchParams([...picked].map((name) => ['run', name]))}`;
}

const COLUMNS = ['', 'Scenario', 'Verdict', 'delivery p95', 'Load', 'Target', 'Started, UTC'];

document.body.append(
  element('header', { class: 'banner' }, element('h1', {}, 'Runs'), note),
  element(
    'main',
    {},
    element('div', { class: 'picker' }, filter, compare),
    scrollable(
      'Runs',
      element(
        'table',
        { class: 'runs' },
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...COLUMNS.map((title) =>
              title === ''
                ? element('td', {})
                : element('th', { scope: 'col', class: title === 'delivery p95' ? 'figure' : 'text' }, title),
            ),
          ),
        ),
        body,
      ),
    ),
  ),
);
filter.addEventListener('input', draw);
const events = new EventSource('/events');
events.onmessage = ({ data }) => {
  runs = JSON.parse(data) as readonly ListedRun[];
  draw();
};
events.onerror = () => {
  note.textContent = 'The server is gone. Start it again with: chatbench serve';
};
document.documentElement.dataset.ready = 'true';
