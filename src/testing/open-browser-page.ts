import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export interface WatchedPage {
  readonly page: Page;
  /** Console messages, uncaught errors and dialogs. */
  readonly noises: readonly string[];
  readonly requests: readonly string[];
}

/** Chromium of this machine, or the one that CHROMIUM names. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/** A new page that is watched from its first moment on, with the probes of the report's tests in it. */
export async function watchPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  return watch(await openPage(browser, options));
}

async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options);
  const source = new URL('../report/html/page/test-probes.ts', import.meta.url);
  await page.addInitScript({ content: stripTypeScriptTypes(await readFile(source, 'utf8')) });
  return page;
}

/** From now on; who watched it before is told no more. */
function watch(page: Page): WatchedPage {
  const noises: string[] = [];
  const requests: string[] = [];
  for (const event of ['console', 'pageerror', 'dialog', 'request'] as const) page.removeAllListeners(event);
  page.on('console', (message) => noises.push(message.text()));
  page.on('pageerror', (error) => noises.push(String(error)));
  page.on('dialog', (dialog) => {
    noises.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  return { page, noises, requests };
}

/** How a page is looked at. */
export interface PageView {
  readonly colorScheme?: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A browser that opens pages from files, as a double click does. */
export interface FileBrowser {
  /**
   * In the place of the page before: a new document, in a window that is there already, which a new one would take seconds to be. What
   * is told of it is told from its first moment on.
   */
  open(html: string, view?: PageView): Promise<WatchedPage & { readonly url: string }>;
  close(): Promise<void>;
}

const DESK = { width: 1280, height: 720 };

export async function launchFileBrowser(): Promise<FileBrowser> {
  const directory = await mkdtemp(join(tmpdir(), 'chatbench-pages-'));
  const browser = await launchBrowser();
  let opened = 0;
  let page: Page | null = null;
  return {
    async open(html, { colorScheme = 'light', viewport = DESK } = {}) {
      if (page === null || page.isClosed()) page = await openPage(browser);
      await page.mouse.move(0, 0);
      await page.emulateMedia({ colorScheme, media: null });
      await page.setViewportSize(viewport);
      const file = join(directory, `${opened++}.html`);
      await writeFile(file, html);
      const url = pathToFileURL(file).href;
      const watched = watch(page);
      await page.goto(url);
      await page.locator('html[data-ready]').waitFor();
      return { ...watched, url };
    },
    async close() {
      await browser.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Charts are drawn a moment after the page, each with a legend of its own. */
export async function untilChartsAreDrawn(page: Page): Promise<void> {
  const charts = await page.locator('.chart').count();
  await expect.poll(() => page.evaluate<boolean[]>('probes.drawnCharts()')).toEqual(new Array(charts).fill(true));
}

/** On a desk and on a phone, by day and by night: how every page has to be fit to be read. */
export const VIEWS: readonly (PageView & { readonly name: string })[] = (['light', 'dark'] as const).flatMap(
  (colorScheme) => [
    { name: `a desk, ${colorScheme}`, colorScheme, viewport: { width: 1280, height: 800 } },
    { name: `a phone, ${colorScheme}`, colorScheme, viewport: { width: 360, height: 780 } },
  ],
);

/**
 * What keeps somebody from reading the page, one line each: serious findings of axe, texts that hardly stand out from their ground,
 * and a page wider than its window. Unfolds everything before it looks.
 */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  await page.evaluate('probes.unfoldAll()');
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>("axe.run({ resultTypes: ['violations'] })");
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const [width, room] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
  return [
    ...serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`),
    ...(await page.evaluate<string[]>('probes.faintTexts()')).map((text) => `faint: ${text}`),
    ...(width > room ? [`${width} px wide in a window of ${room} px`] : []),
  ];
}
