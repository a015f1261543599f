import type { ExperimentData } from '../experiment-data.ts';
import { curveSection } from './curve-section.ts';
import { element } from './element.ts';
import {
  bindingSection,
  comparisonSection,
  rerunSection,
  settingSections,
  stepSection,
} from './experiment-sections.ts';
import { fanoutStepsSection } from './fanout-steps-section.ts';
import { layOut } from './lay-out.ts';
import { formatWhen, keepUnits } from './phrase.ts';
import { readData } from './read-data.ts';

async function showExperiment(): Promise<void> {
  const data = await readData<ExperimentData>();
  document.title = `${data.words.answer}: ${data.heading.scenario} – chatbench`;
  layOut(
    banner(data),
    [
      bindingSection(data),
      curveSection(data),
      fanoutStepsSection(data),
      comparisonSection(data),
      stepSection(data),
      ...settingSections(data),
      rerunSection(data),
    ],
    `Experiment ${data.heading.id}, written by chatbench. This file is complete in itself.`,
  );
}

/** The answer first. */
function banner({ heading, words, headline }: ExperimentData): HTMLElement {
  const mark = element(
    'span',
    { class: 'mark', 'aria-hidden': 'true' },
    { found: '✓', open: '!', none: '✗' }[words.state],
  );
  return element(
    'header',
    { class: `banner answer ${{ found: 'pass', open: 'invalid', none: 'fail' }[words.state]}` },
    element(
      'p',
      { class: 'kicker' },
      `chatbench · ${heading.kind} · ${heading.scenario} · ${formatWhen(heading.startedAt)}`,
    ),
    element('h1', {}, mark, ` ${words.answer}`),
    ...words.sentences.map((sentence) => element('p', { class: 'finding' }, keepUnits(sentence))),
    element('p', { class: 'setting' }, heading.question),
    element(
      'dl',
      { class: 'headline' },
      ...headline.map((fact) =>
        element('div', { class: fact.tone ?? 'calm' }, element('dt', {}, fact.name), element('dd', {}, fact.value)),
      ),
    ),
  );
}

void showExperiment();
