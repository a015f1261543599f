import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FileBrowser, launchFileBrowser } from '../../testing/open-browser-page.ts';
import { buildResultFixture, buildVerdictFixture } from '../../testing/result-fixture.ts';
import { buildPage } from './build-page.ts';
import { renderHtml } from './render-html.ts';

let browser: FileBrowser;

beforeAll(async () => {
  await buildPage();
  browser = await launchFileBrowser();
});
afterAll(() => browser?.close());

async function rowsBelow(page: Page, title: string): Promise<string[][]> {
  const table = page.locator('table', { has: page.locator('caption', { hasText: title }) });
  const rows = await table.locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
}

it('shows what drifts and the slowest messages, a row each', async () => {
  const base = buildResultFixture();
  const message = {
    ...{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', latencyUs: 1_204_000 },
    ...{ intendedAtUs: 12_345_678, epochUs: 1_767_225_612_345_678, shard: 0, sequence: 7, room: 3, sender: 17 },
    hops: [{ name: 'queue', us: 1_000_000 }],
  };
  const slowest = { limit: 20, isTraced: true, messages: [message] };
  const drift = {
    ...{ name: 'worker-1', kind: 'memory' as const, unit: 'bytes' as const, drifts: true },
    ...{ perHour: 440e6, lowPerHour: 420e6, highPerHour: 460e6, from: 1e8, to: 2e8 },
    limit: { name: 'the memory of this machine', value: 8e9, inHours: 17, earliestHours: 16, latestHours: 18 },
  };
  const result = { ...base, samples: { ...base.samples, slowest } };
  const { page, noises } = await browser.open(renderHtml(result, { ...buildVerdictFixture(), drift: [drift] }));
  expect(await rowsBelow(page, 'lowest messages')).toEqual([
    ['1,204 ms', message.traceId, '2026-01-01T00:00:12.345Z', 'room 3, sender 17', 'queue 1,000 ms'],
  ]);
  expect(await rowsBelow(page, 'Drift')).toEqual([
    ['worker-1', '+440 MB', '+420 MB to +460 MB', 'drifts: the memory of this machine in 17 h (16 h to 18 h)'],
  ]);
  expect(noises).toEqual([]);
  await page.close();
});
