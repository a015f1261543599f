import type { Fact } from '../report-data.ts';
import { element } from './element.ts';

/** Names with their values, one under the other. */
export function factList(facts: readonly Fact[]): HTMLElement {
  return element(
    'dl',
    { class: 'facts' },
    ...facts.map((fact) =>
      element('div', { class: fact.tone ?? 'calm' }, element('dt', {}, fact.name), element('dd', {}, fact.value)),
    ),
  );
}
