import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildPage } from '../../report/html/build-page.ts';
import { writeResult } from '../../result/result-file.ts';
import { HOSTILE_STRINGS } from '../../testing/hostile-strings.ts';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { findBarriers, launchBrowser, VIEWS, watchPage } from '../../testing/open-browser-page.ts';
import { smallResult } from '../../testing/small-result.ts';
import { tellProgress } from '../run/tell-progress.ts';
import { type ReportServer, serveReports } from './serve-reports.ts';

const HOSTILE = '<img src=x onerror="globalThis.breached = 1">';

let browser: Browser;
let root: string;
let server: ReportServer;

beforeAll(async () => {
  await buildPage();
  root = mkdtempSync(join(tmpdir(), 'chatbench-list-'));
  await writeResult(join(root, 'one'), smallResult({ scenario: { name: HOSTILE } }));
  server = await serveReports(root, 0);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(root, { recursive: true, force: true });
});

it.each(VIEWS)('can be read by everybody on $name, whatever it lists', async (view) => {
  const { page } = await watchPage(browser, view);
  await page.goto(server.url);
  await page.locator('tbody a').first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.close();
});

it('shows foreign text as text and runs none of it', async () => {
  const directories = await mkdtemp(join(tmpdir(), 'chatbench-hostile-'));
  for (const [index, text] of HOSTILE_STRINGS.entries())
    await writeResult(join(directories, `run-${index}`), smallResult({ scenario: { name: text } }));
  const hostile = await serveReports(directories, 0);
  const { page, noises, requests } = await watchPage(browser);
  await page.goto(hostile.url);
  await expect.poll(() => page.locator('tbody a').count()).toBe(HOSTILE_STRINGS.length);
  expect(new Set(await page.locator('tbody a').allTextContents())).toEqual(new Set(HOSTILE_STRINGS));
  expect(await page.evaluate('globalThis.breached')).toBeUndefined();
  expect(await page.evaluate<string[]>('probes.tagNames()')).not.toContain('IMG');
  expect(noises.filter((text) => !text.includes('favicon'))).toEqual([]);
  expect(requests.every((url) => url.startsWith(hostile.url))).toBe(true);
  await page.close();
  await hostile.close();
  rmSync(directories, { recursive: true });
});

it('lists runs as text, and follows the one under way until its result is there', async () => {
  const { page, noises, requests } = await watchPage(browser);
  await page.goto(server.url);
  await page.locator('tbody a').waitFor();
  expect(await page.locator('tbody a').textContent()).toBe(HOSTILE);
  const directory = join(root, '2026-11-22T14-00-00-burst-a1b2');
  mkdirSync(directory);
  const progress = tellProgress(directory, 'burst');
  progress.observe({ ...LIVE_UPDATE, phase: 'measure', elapsedUs: 4_000_000, totalUs: 12_000_000 });
  const running = page.locator('tbody tr', { has: page.locator('.running') });
  await expect.poll(() => running.textContent()).toMatch(/^burst… running.*measure, 4 s of 12 s: /);
  expect(await running.locator('a').count()).toBe(0);
  await progress.close();
  await writeResult(directory, smallResult({ scenario: { name: 'burst' } }));
  await expect.poll(() => page.locator('tbody a').allTextContents()).toContain('burst');
  expect(await page.evaluate('globalThis.breached')).toBeUndefined();
  expect(noises.filter((text) => !text.includes('favicon'))).toEqual([]);
  expect(requests.every((url) => url.startsWith(server.url))).toBe(true);
  await page.close();
});

it('filters by words, and compares what is picked', async () => {
  const directories = await mkdtemp(join(tmpdir(), 'chatbench-picked-'));
  for (const name of ['burst', 'steady', 'steady']) {
    const index = (await readdir(directories)).length;
    await writeResult(join(directories, `run-${index}`), smallResult({ scenario: { name } }));
  }
  const picking = await serveReports(directories, 0);
  const { page, noises } = await watchPage(browser);
  await page.goto(picking.url);
  const rows = page.locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(3);
  await page.getByRole('searchbox').fill('steady');
  await expect.poll(() => rows.count()).toBe(2);
  expect(await page.getByRole('status').textContent()).toContain('2 of 3 runs');
  expect(await page.locator('.compare').isVisible()).toBe(false);
  for (const box of await page.locator('tbody input').all()) await box.check();
  await page.getByRole('link', { name: 'Compare 2 runs' }).click();
  await page.locator('#overlay').waitFor();
  expect(await page.locator('#overlay > .content > .scroll thead th').allTextContents()).toEqual([
    '',
    'A: steady',
    'B: steady',
  ]);
  expect(noises.filter((text) => !text.includes('favicon'))).toEqual([]);
  await page.close();
  await picking.close();
  rmSync(directories, { recursive: true });
});
