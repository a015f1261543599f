import { element } from './element.ts';

/** A bar from `start` to `end`, shares of the width of its place (0–1). Decoration: the figures stand beside it. */
export function bar(start: number, end: number, tone: 'plain' | 'strong'): HTMLElement {
  const fill = element('span', { class: `fill ${tone}` });
  const percent = (share: number) => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  // Through the object model: the page's policy forbids style attributes.
  fill.style.marginLeft = percent(start);
  fill.style.width = percent(end - start);
  return element('span', { class: 'bar', 'aria-hidden': 'true' }, fill);
}
