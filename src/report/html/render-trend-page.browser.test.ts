import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOSTILE_STRINGS } from '../../testing/hostile-strings.ts';
import { buildPage } from './build-page.ts';
import { renderTrendPage } from './render-trend-page.ts';

let browser: Browser;
let directory: string;

beforeAll(async () => {
  await buildPage();
  directory = await mkdtemp(join(tmpdir(), 'chatbench-trend-'));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
});
afterAll(async () => {
  await browser?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

const runs = Array.from({ length: 16 }, (_, index) => ({
  id: HOSTILE_STRINGS[index % HOSTILE_STRINGS.length]!,
  startedAt: `2026-01-${String(index + 1).padStart(2, '0')}T00:00:00.000Z`,
  verdict: 'pass' as const,
  trials: 1,
}));
const trend = {
  runs,
  series: [
    {
      subject: 'delivery.p95',
      values: runs.map((_, index) => (index === 3 ? null : index < 8 ? 8_000 : 16_000)),
      changes: [{ index: 8, before: 8_000, after: 16_000, ratio: 2, p: 0.001 }],
    },
    {
      subject: 'lost',
      values: runs.map((_, index) => (index < 8 ? 0 : 5)),
      changes: [{ index: 8, before: 0, after: 5, ratio: Number.POSITIVE_INFINITY, p: 0.001 }],
    },
  ],
};

it('draws itself from one file, with a table of every change and every run, and asks nobody for anything', async () => {
  const page = await browser.newPage();
  const noises: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => noises.push(message.text()));
  page.on('pageerror', (error) => noises.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  const file = join(directory, 'trend.html');
  await writeFile(file, renderTrendPage({ title: 'burst on local', trend }));
  await page.goto(pathToFileURL(file).href);
  await page.locator('html[data-ready]').waitFor();
  expect(await page.locator('h1').textContent()).toBe('burst on local');
  expect(await page.locator('#changes tbody tr').allTextContents()).toEqual([
    expect.stringMatching(/^delivery\.p95× 2\.000\.00192026-01-09 00:00/),
    expect.stringMatching(/^lostfrom 00\.0019/),
  ]);
  expect(await page.locator('#runs tbody tr').count()).toBe(16);
  await expect.poll(() => page.locator('canvas').count()).toBe(2);
  expect({ noises, requests }).toEqual({ noises: [], requests: [pathToFileURL(file).href] });
});
