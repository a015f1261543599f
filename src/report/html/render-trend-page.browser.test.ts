import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_TEXTS } from '../../testing/hostile-strings.ts';
import {
  type FileBrowser,
  findBarriers,
  launchFileBrowser,
  untilChartsAreDrawn,
  VIEWS,
} from '../../testing/open-browser-page.ts';
import { buildPage } from './build-page.ts';
import { renderTrendPage } from './render-trend-page.ts';

let browser: FileBrowser;

beforeAll(async () => {
  await buildPage();
  browser = await launchFileBrowser();
});
afterAll(() => browser?.close());

/** Sixteen runs, the second half of them slower, of these ids. */
function render(title: string, idOf: (index: number) => string): string {
  const runs = Array.from({ length: 16 }, (_, index) => ({
    id: idOf(index),
    startedAt: `2026-01-${String(index + 1).padStart(2, '0')}T00:00:00.000Z`,
    verdict: 'pass' as const,
    trials: 1,
  }));
  const series = [
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
  ];
  return renderTrendPage({ title, trend: { runs, series } });
}

describe('the page of runs over time', () => {
  it('draws itself from one file, with a table of every change and every run, and asks nobody for anything', async () => {
    const { page, url, noises, requests } = await browser.open(render('burst on local', (index) => `run-${index}`));
    expect(await page.locator('h1').textContent()).toBe('burst on local');
    expect(await page.locator('#changes tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/^delivery\.p95× 2\.000\.00192026-01-09 00:00/),
      expect.stringMatching(/^lostfrom 00\.0019/),
    ]);
    expect(await page.locator('#runs tbody tr').count()).toBe(16);
    await expect.poll(() => page.evaluate('probes.drawnCharts()')).toEqual([true, true]);
    expect({ noises, requests }).toEqual({ noises: [], requests: [url] });
  });

  it.each(VIEWS)('can be read by everybody on $name', async (view) => {
    const { page } = await browser.open(
      render('burst on local', (index) => `2026-01-01T00-00-00-burst-${index}`),
      view,
    );
    expect(await findBarriers(page)).toEqual([]);
  });

  it('shows foreign text as text and runs none of it', async () => {
    const calm = await browser.open(render('calm', () => 'calm'));
    await untilChartsAreDrawn(calm.page);
    const tags = await calm.page.evaluate('probes.tagNames()');
    for (const text of HOSTILE_TEXTS) {
      const { page, url, noises, requests } = await browser.open(render(text, () => text));
      expect(await page.evaluate('globalThis.breached'), text).toBeUndefined();
      expect({ noises, requests }, text).toEqual({ noises: [], requests: [url] });
      await untilChartsAreDrawn(page);
      expect(await page.evaluate('probes.tagNames()'), text).toEqual(tags);
      const places = ['h1', '#changes td:last-child', '#runs td:last-child'];
      const texts = await page.evaluate<string[][]>(`probes.textsAt(${JSON.stringify(places)})`);
      expect(
        texts.map((found) => [...new Set(found)]),
        text,
      ).toEqual(places.map(() => [text]));
    }
  });
});
