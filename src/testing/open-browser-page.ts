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
  const page = await browser.newPage(options);
  const source = new URL('../report/html/page/test-probes.ts', import.meta.url);
  await page.addInitScript({ content: stripTypeScriptTypes(await readFile(source, 'utf8')) });
  const noises: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => noises.push(message.text()));
  page.on('pageerror', (error) => noises.push(String(error)));
  page.on('dialog', (dialog) => {
    noises.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  return { page, noises, requests };
}

/** A browser that opens pages from files, as a double click does. */
export interface FileBrowser {
  open(html: string, options?: BrowserContextOptions): Promise<WatchedPage & { readonly url: string }>;
  /** The same in a page that is open already; yields the address. */
  show(page: Page, html: string): Promise<string>;
  close(): Promise<void>;
}

export async function launchFileBrowser(): Promise<FileBrowser> {
  const directory = await mkdtemp(join(tmpdir(), 'chatbench-pages-'));
  const browser = await launchBrowser();
  let opened = 0;
  const show = async (page: Page, html: string) => {
    const file = join(directory, `${opened++}.html`);
    await writeFile(file, html);
    const url = pathToFileURL(file).href;
    await page.goto(url);
    await page.locator('html[data-ready]').waitFor();
    return url;
  };
  return {
    async open(html, options) {
      const watched = await watchPage(browser, options);
      return { ...watched, url: await show(watched.page, html) };
    },
    show,
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
export const VIEWS: readonly (BrowserContextOptions & { readonly name: string })[] = (
  ['light', 'dark'] as const
).flatMap((colorScheme) => [
  { name: `a desk, ${colorScheme}`, colorScheme, viewport: { width: 1280, height: 800 } },
  { name: `a phone, ${colorScheme}`, colorScheme, viewport: { width: 360, height: 780 } },
]);

/**
 * What keeps somebody from reading the page, one line each: serious findings of axe, texts that hardly stand out from their ground,
 * and a page wider than its window. Unfolds everything before it looks.
 */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  for (const details of await page.locator('details').all()) {
    if ((await details.getAttribute('open')) === null) await details.locator('summary').first().click();
  }
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>('axe.run()');
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const [width, room] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
  return [
    ...serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`),
    ...(await page.evaluate<string[]>('probes.faintTexts()')).map((text) => `faint: ${text}`),
    ...(width > room ? [`${width} px wide in a window of ${room} px`] : []),
  ];
}
