import { element } from './element.ts';

/** A part of the page under a heading, which also names it for those who navigate by landmarks. */
export function section(id: string, title: string, ...children: readonly (Node | string | null)[]): HTMLElement {
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    element('h2', { id: `${id}-title` }, title),
    element('div', { class: 'content' }, ...children),
  );
}

/** The same, of which only the heading is shown until somebody opens it. */
export function foldedSection(id: string, title: string, ...children: readonly (Node | string | null)[]): HTMLElement {
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    element(
      'details',
      { class: 'fold' },
      element('summary', {}, element('h2', { id: `${id}-title` }, title)),
      element('div', { class: 'content' }, ...children),
    ),
  );
}
