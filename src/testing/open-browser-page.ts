import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync', '--no-first-run'];

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
