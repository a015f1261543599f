import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatMs } from '../../quantities.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { HOSTILE_TEXTS } from '../../testing/hostile-strings.ts';
import {
  type FileBrowser,
  findBarriers,
  launchFileBrowser,
  type PageView,
  untilChartsAreDrawn,
  VIEWS,
} from '../../testing/open-browser-page.ts';
import { buildPage } from './build-page.ts';
import { renderExperimentPage } from './render-experiment-page.ts';

let browser: FileBrowser;

beforeAll(async () => {
  await buildPage();
  browser = await launchFileBrowser();
});
afterAll(() => browser?.close());

const openExperiment = (experiment: ExperimentResult, view?: PageView) =>
  browser.open(renderExperimentPage(experiment), view);

const backlog = { kind: 'backlog', text: 'the backlog grew by 90 messages a second' } as const;
const lossy = stepFixture(1600, 900, { held: false, verdict: 'fail', bindings: [backlog] });
const failed = { ...lossy, figures: { ...lossy.figures, deliveredPerSecond: 1150, p99Us: null, lost: 412 } };
const scale = [
  ...[400, 800].map((rate) => stepFixture(rate, rate / 100)),
  failed,
  ...[200, 400, 600, 800, 1000].map((rate) => stepFixture(rate, 3 + (rate / 400) ** 3)),
  stepFixture(1200, 160),
];
const curve = experimentFixture(scale, {
  found: { value: 1200, failedAt: 1600 },
  curve: scale.map((_, index) => index).slice(3),
  fleet: { expected: 100_000, connections: 1200, ratePerConnection: null, held: 1200, gateways: 1 },
});
/** Three trials with the same p95, without which nothing would be proven best. */
const thrice = (step: ReturnType<typeof stepFixture>) => {
  const { verdict, directory, figures } = step;
  return { ...step, trials: [1, 2, 3].map(() => ({ verdict, directory, p95Us: figures.p95Us, lost: figures.lost })) };
};
const matrix = experimentFixture(
  [
    stepFixture(0, 8, { label: 'topology=worker', value: null }),
    stepFixture(0, 1.7, { label: 'topology=pubsub', value: null }),
    stepFixture(0, 700, { label: 'topology=pattern', value: null, held: false, verdict: 'fail' }),
  ].map(thrice),
  { kind: 'matrix', varied: null, curve: [] },
);

const rooms = experimentFixture(
  [2, 50, 5_000].map((size) => stepFixture(size, size, { label: `rooms of ${size}` })),
  { kind: 'sweep', varied: 'room-size' },
);

describe('the page of an experiment', () => {
  it.each(['light', 'dark'] as const)(
    'opens by double click in %s without a message or a request',
    async (colorScheme) => {
      const { page, url, noises, requests } = await openExperiment(curve, { colorScheme });
      await expect.poll(() => page.evaluate('probes.drawnCharts()')).toEqual([true]);
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 700, height: 900 });
      expect({ noises, requests }).toEqual({ noises: [], requests: [url] });
    },
  );

  it('gives the answer first, then what binds, then every step with the figures of the experiment', async () => {
    const { page } = await openExperiment(curve);
    expect(await page.locator('h1').textContent()).toBe('✓ Sustains 1,200/s');
    expect(await page.locator('.finding').first().textContent()).toContain('At 1,600/s it did not: the backlog grew');
    expect(await page.locator('#bindings dl').textContent()).toBe(`The backlog${backlog.text}`);
    const rows = await page.locator('#steps table').first().locator('tbody tr').all();
    const cells = await Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
    expect(cells.map((row) => row.slice(3, 8))).toEqual(
      curve.steps.map(({ figures }) => [
        figures.deliveredPerSecond?.toLocaleString('en-US'),
        formatMs(figures.p50Us),
        formatMs(figures.p95Us),
        formatMs(figures.p99Us ?? Number.POSITIVE_INFINITY),
        String(figures.lost),
      ]),
    );
    expect(cells.flatMap(([label], index) => (label?.endsWith('knee') ? [index] : []))).toEqual([curve.knee]);
    expect(await page.locator('.headline').textContent()).toContain('instances for 100,000125');
    expect(await page.locator('pre').textContent()).toBe('npx chatbench run throughput-latency');
  });

  it('sets alternatives side by side, with bars, and names the one with the lowest p95', async () => {
    const { page, noises } = await openExperiment(matrix);
    // One of them failed, and a matrix passes only where all of them do.
    expect(await page.locator('h1').textContent()).toBe('✗ Lowest p95: topology=pubsub');
    expect(await page.locator('#curve').count()).toBe(0);
    const widths = await Promise.all(
      (await page.locator('#comparison .fill').all()).map(async (fill) => (await fill.boundingBox())?.width ?? 0),
    );
    expect(widths[1]).toBeLessThan(widths[0]!);
    expect(widths[0]).toBeLessThan(widths[2]!);
    expect(await page.locator('#comparison .chosen').textContent()).toBe('topology=pubsublowest p95');
    expect(noises).toEqual([]);
  });

  it('of rooms of several sizes, shows when the first, the median and the last member knows', async () => {
    const { page, noises } = await openExperiment(rooms);
    await expect.poll(() => page.evaluate('probes.drawnCharts()')).toEqual([true, true]);
    const cells = await page.locator('#fanout tbody tr').last().locator('th, td').allTextContents();
    expect(cells).toEqual(['rooms of 5000', '500', '1,000', '1,500', '3,000', '3,500', '7,000']);
    expect(await page.locator('#fanout thead th').allTextContents()).toEqual([
      'Step',
      ...['first', 'median', 'last'].flatMap((name) => [`${name} p50, ms`, `${name} p95, ms`]),
    ]);
    expect(noises).toEqual([]);
  });

  it('opens also where no step was run', async () => {
    const { page, noises } = await openExperiment(experimentFixture([], { interruptedBy: 'SIGINT' }));
    expect(await page.locator('.finding').first().textContent()).toBe('Interrupted by SIGINT after 0 steps.');
    expect(noises).toEqual([]);
  });

  it.each(VIEWS)('can be read by everybody on $name', async (view) => {
    for (const experiment of [curve, matrix, rooms]) {
      const { page } = await openExperiment(experiment, view);
      expect(await findBarriers(page)).toEqual([]);
    }
  });

  it('shows foreign text as text and runs none of it', async () => {
    const calm = await openExperiment(hostile('calm'));
    await untilChartsAreDrawn(calm.page);
    const tags = await calm.page.evaluate('probes.tagNames()');
    for (const text of HOSTILE_TEXTS) {
      const { page, url, noises, requests } = await openExperiment(hostile(text));
      expect(await page.evaluate('globalThis.breached'), text).toBeUndefined();
      expect({ noises, requests }, text).toEqual({ noises: [], requests: [url] });
      await untilChartsAreDrawn(page);
      expect(await page.evaluate('probes.tagNames()'), text).toEqual(tags);
      const places = [
        '.setting',
        '#bindings dd',
        '#comparison th .calm',
        '#steps tbody th .calm',
        '#target dd',
        '#steps code',
      ];
      const texts = await page.evaluate<string[][]>(`probes.textsAt(${JSON.stringify(places)})`);
      for (const [index, place] of places.entries()) expect(texts[index], place).toContain(text);
    }
  });

  it('stays under 400 KB', () => {
    expect(Buffer.byteLength(renderExperimentPage(curve))).toBeLessThan(400_000);
  });
});

/** One text in every field that a scenario, a machine or a target fills. */
function hostile(text: string): ExperimentResult {
  const step = stepFixture(0, 8, { label: text, value: null, held: false, directory: text, verdict: 'fail' });
  return {
    ...matrix,
    id: text,
    scenario: text,
    question: text,
    command: ['chatbench', text],
    target: { ...matrix.target, topology: text, components: [{ name: text, version: text }] },
    environment: { ...matrix.environment, os: text, cpu: text },
    capacity: { value: null, failedAt: null, bindings: [{ kind: 'backlog', text }] },
    steps: [
      { ...step, bindings: [{ kind: 'threshold', text }] },
      { ...step, figures: { ...step.figures, p95Us: 1_000 } },
    ],
  };
}
