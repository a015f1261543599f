// Questions that the browser tests ask inside an open report. Injected as a classic script, hence without imports and exports.

const clipped = new Set<string>();

/** Level text only: what is turned has its place by the height. */
const { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (text: string, x: number, y: number, maxWidth?: number) {
  const transform = this.getTransform();
  const width = this.measureText(text).width;
  const before = { left: 0, start: 0, center: 0.5, right: 1, end: 1 }[this.textAlign] * width;
  const left = transform.e + transform.a * (x - before);
  const right = left + transform.a * width;
  if (transform.b === 0 && (left < -0.5 || right > this.canvas.width + 0.5)) clipped.add(text);
  if (maxWidth === undefined) fillText.call(this, text, x, y);
  else fillText.call(this, text, x, y, maxWidth);
};

const probes = {
  tagNames(): string[] {
    return [...document.querySelectorAll('*')].map((element) => element.tagName);
  },

  /** The exact texts of all elements that each selector finds. */
  textsAt(selectors: readonly string[]): string[][] {
    return selectors.map((selector) =>
      [...document.querySelectorAll(selector)].map((found) => found.textContent ?? ''),
    );
  },

  sectionTitles(): string[] {
    return [...document.querySelectorAll('section')].map((section) => {
      const title = document.getElementById(section.getAttribute('aria-labelledby') ?? '');
      return title?.textContent ?? '';
    });
  },

  /** Settles once all that was folded is open, and what is built on demand is there. */
  async unfoldAll(): Promise<void> {
    const folded = [...document.querySelectorAll('details:not([open])')];
    for (const details of folded) details.querySelector('summary')?.click();
    // A table is built when its place tells that it was unfolded, which it does in a task of its own.
    while (folded.some(({ childElementCount }) => childElementCount < 2)) {
      await new Promise((resolve) => setTimeout(resolve));
    }
  },

  /** Whether each chart holds more than single specks of drawing. */
  drawnCharts(): boolean[] {
    return [...document.querySelectorAll<HTMLCanvasElement>('.chart canvas')].map((canvas) => {
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let inked = 0;
      for (let index = 3; index < pixels.length; index += 4) if ((pixels[index] ?? 0) > 0) inked++;
      return inked > 1_000;
    });
  },

  /** Texts of charts that reach beyond their canvas, of all that were drawn so far. */
  clippedTexts(): string[] {
    return [...clipped];
  },

  /** Elements whose own text has a contrast below 4.5 against what lies behind it (WCAG 2.2, 1.4.3). */
  faintTexts(): string[] {
    return [...document.body.querySelectorAll('*:not(script):not(noscript)')].filter(hasOwnText).flatMap((element) => {
      const [lighter = 0, darker = 0] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))].sort(
        (one, other) => other - one,
      );
      const contrast = (lighter + 0.05) / (darker + 0.05);
      return contrast < 4.5 ? [`${element.tagName} ${element.textContent?.slice(0, 40)} ${contrast.toFixed(2)}`] : [];
    });
  },

  /** Tries what an injection would: an image with a handler, and an inline script. */
  attack(): void {
    document.body.insertAdjacentHTML(
      'beforeend',
      '<img src="https://breach.invalid/x" onerror="globalThis.breached = 1">',
    );
    const script = document.createElement('script');
    script.textContent = 'globalThis.breached = 2';
    document.body.append(script);
  },
};

function hasOwnText(element: Element): boolean {
  return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '');
}

function groundOf(element: Element | null): string {
  if (element === null) return 'rgb(255, 255, 255)';
  const { backgroundColor } = getComputedStyle(element);
  return (channelsOf(backgroundColor)[3] ?? 1) === 0 ? groundOf(element.parentElement) : backgroundColor;
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color)
    .slice(0, 3)
    .map((channel) => channel / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channelsOf(color: string): number[] {
  return (color.match(/[\d.]+/g) ?? []).map(Number);
}

Object.assign(globalThis, { probes });
