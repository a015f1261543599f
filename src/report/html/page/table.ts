import { element } from './element.ts';

export interface Column {
  readonly title: string;
  readonly kind: 'text' | 'figure';
}

export function text(title: string): Column {
  return { title, kind: 'text' };
}

export function figure(title: string): Column {
  return { title, kind: 'figure' };
}

/** A table with a caption. The first cell of each row is its heading; `isLead` sets the first row off as the headline. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (string | Node)[])[],
  isLead = false,
): HTMLElement {
  const head = columns.map(({ title, kind }) => element('th', { scope: 'col', class: kind }, title));
  const body = rows.map((row, rowIndex) =>
    element(
      'tr',
      isLead && rowIndex === 0 ? { class: 'lead' } : {},
      ...row.map((cell, index) => {
        const kind = columns[index]?.kind ?? 'text';
        return index === 0 ? element('th', { scope: 'row', class: kind }, cell) : element('td', { class: kind }, cell);
      }),
    ),
  );
  return scrollable(
    caption,
    element(
      'table',
      {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...body),
    ),
  );
}

/** A table that is built only when somebody asks for it: hundreds of rows would otherwise slow every opening down. */
export function tableOnDemand(summary: string, build: () => HTMLElement): HTMLElement {
  const details = element('details', {}, element('summary', {}, summary));
  details.addEventListener('toggle', () => details.append(build()), { once: true });
  return details;
}

/**
 * Scrolls sideways where the screen is narrower than the table, and says so; reachable by keyboard, hence the role and the name.
 */
export function scrollable(label: string, content: HTMLElement): HTMLElement {
  const region = element('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': label }, content);
  new ResizeObserver(() => region.classList.toggle('wider', region.scrollWidth > region.clientWidth + 1)).observe(
    region,
  );
  return region;
}
