type ColorName = 'bad' | 'paper' | 'ink' | 'quiet' | 'rule' | 'tint' | 'first' | 'second' | 'third' | 'caution';

/** A colour of the page's style sheet as it is now: light, dark or print. */
export function themeColor(name: ColorName): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Calls back whenever the page's colours may have changed: scheme switched, print begun or ended. */
export function onThemeChange(redraw: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  matchMedia('print').addEventListener('change', redraw);
}
