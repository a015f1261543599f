import { element } from './element.ts';

/** Puts a page together: its head, its sections beside a list of them that shows where the reader is, and its foot. */
export function layOut(head: HTMLElement, sections: readonly (HTMLElement | null)[], foot: string): void {
  const shown = sections.filter((section) => section !== null);
  document.body.append(
    head,
    element('div', { class: 'columns' }, contents(shown), element('main', {}, ...shown)),
    element('footer', {}, foot),
  );
  follow(shown);
  openTarget();
  addEventListener('hashchange', openTarget);
  addEventListener('beforeprint', () => {
    for (const fold of document.querySelectorAll<HTMLDetailsElement>('details.fold')) fold.open = true;
  });
  document.documentElement.dataset.ready = 'true';
}

function contents(sections: readonly HTMLElement[]): HTMLElement {
  const items = sections.map((section) => {
    const link = element('a', { href: `#${section.id}` }, section.querySelector('h2')?.textContent ?? '');
    // Also where the address stays the same, which no event tells of.
    link.addEventListener('click', () => unfold(section));
    return element('li', {}, link);
  });
  return element('nav', { class: 'contents screen-only', 'aria-label': 'Contents' }, element('ul', {}, ...items));
}

/** Below the upper edge of the window, CSS pixels: a section that begins above it is being read. */
const READ_FROM = 96;

/** Marks the section at the upper edge of the window, and keeps its name in sight where the list itself is scrolled. */
function follow(sections: readonly HTMLElement[]): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('nav.contents a')];
  const mark = () => {
    const current = sections.findLastIndex((section) => section.getBoundingClientRect().top < READ_FROM);
    for (const [index, link] of links.entries()) {
      if (index !== current) link.removeAttribute('aria-current');
      else if (!link.hasAttribute('aria-current')) {
        link.setAttribute('aria-current', 'true');
        const list = link.closest('ul');
        list?.scrollTo({ left: link.offsetLeft - list.clientWidth / 2 + link.offsetWidth / 2 });
      }
    }
  };
  let isDue = false;
  addEventListener(
    'scroll',
    () => {
      if (isDue) return;
      isDue = true;
      requestAnimationFrame(() => {
        isDue = false;
        mark();
      });
    },
    { passive: true },
  );
  mark();
}

/** What the address names is not left folded. */
function openTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target !== null) unfold(target);
}

function unfold(section: HTMLElement): void {
  const fold = section.querySelector<HTMLDetailsElement>('details.fold');
  if (fold !== null) fold.open = true;
}
