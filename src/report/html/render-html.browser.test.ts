import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../gate/verdict.ts';
import { formatLatency, formatRatio } from '../../quantities.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import { encodeValues } from '../../testing/encode-values.ts';
import { HOSTILE_STRINGS, HOSTILE_TEXTS } from '../../testing/hostile-strings.ts';
import {
  type FileBrowser,
  findBarriers,
  launchFileBrowser,
  type PageView,
  untilChartsAreDrawn,
  VIEWS,
} from '../../testing/open-browser-page.ts';
import { buildResultFixture, buildVerdictFixture, lossyLedger } from '../../testing/result-fixture.ts';
import { hopWays } from '../hop-rows.ts';
import { targetLoads } from '../process-load.ts';
import { buildPage } from './build-page.ts';
import { renderHtml } from './render-html.ts';

let browser: FileBrowser;

beforeAll(async () => {
  await buildPage();
  browser = await launchFileBrowser();
});
afterAll(() => browser?.close());

const openReport = (html: string, view?: PageView) => browser.open(html, view);

/** Opens a folded table and yields its cells, row by row. */
async function foldedTable(page: Page, index: number): Promise<string[][]> {
  await page.locator('summary').nth(index).click();
  return tableCells(page, `details >> nth=${index}`);
}

interface Row {
  readonly cells: Iterable<{ readonly textContent: string }>;
}

/** Waits for the table: one that is built on demand comes a moment after the click. */
async function tableCells(page: Page, scope: string): Promise<string[][]> {
  const rows = page.locator(scope).locator('tbody tr');
  await rows.first().waitFor({ state: 'attached' });
  return rows.evaluateAll((found: readonly Row[]) =>
    found.map(({ cells }) => [...cells].map((cell) => cell.textContent)),
  );
}

const factsOf = (page: Page, id: string) => page.locator(`#${id} .facts`).first().locator('dt, dd').allTextContents();

describe('the report of a healthy run', () => {
  const result = buildResultFixture();
  const verdict = buildVerdictFixture();

  it.each(['light', 'dark'] as const)(
    'opens by double click in %s without a message or a request',
    async (colorScheme) => {
      const { page, url, noises, requests } = await openReport(renderHtml(result, verdict), { colorScheme });
      await page.locator('.chart canvas').nth(8).waitFor();
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 700, height: 900 });
      expect(noises).toEqual([]);
      expect(requests).toEqual([url]);
    },
  );

  it('shows the figures of the result', async () => {
    const { page } = await openReport(renderHtml(result, verdict));
    const { ledger, intervals, histograms } = result.samples;
    const delivery = summarizeHistogram(histograms.delivery);
    expect(await page.locator('h1').textContent()).toBe('✓ Pass');
    const exact = await Promise.all(
      (await page.locator('#latency tr.lead data').all()).map((figure) => figure.getAttribute('value')),
    );
    expect(exact).toEqual(
      [delivery?.p50Us, delivery?.p90Us, delivery?.p95Us, delivery?.p99Us, delivery?.p999Us, delivery?.maxUs].map(
        String,
      ),
    );
    const [row] = await tableCells(page, '#latency');
    expect(Number(row?.[3])).toBeCloseTo((delivery?.p95Us ?? Number.NaN) / 1000, 2);
    expect(row?.at(-1)).toBe('36,000');
    const equations = (await page.locator('.equation').allTextContents()).map((line) => line.trim());
    expect(equations).toEqual([
      'Messages 36,000 planned = 36,000 sent + 0 skipped',
      'Deliveries 36,000 expected = 36,000 delivered once + 0 lost',
    ]);
    expect(ledger).toMatchObject({ planned: 36_000, sent: 36_000, expected: 36_000, once: 36_000 });
    const seconds = await foldedTable(page, 1);
    expect(seconds.map((cells) => cells.map((cell) => Number(cell.replace(',', ''))))).toEqual(
      intervals.map(({ second, offered, sent, delivered }) => [second, offered, sent, delivered]),
    );
    const latencies = await foldedTable(page, 2);
    for (const [index, interval] of intervals.entries()) {
      const p99Us = summarizeHistogram(interval.delivery)?.p99Us;
      if (p99Us === undefined) expect(latencies[index]?.[3]).toBe('–');
      else expect(Math.abs(Number(latencies[index]?.[3]) * 1000 - p99Us)).toBeLessThanOrEqual(p99Us / 100);
    }
    const peak = Math.max(
      ...(result.queue?.ready ?? []).map((ready, index) => ready + (result.queue?.inFlight[index] ?? 0)),
    );
    expect(await factsOf(page, 'time')).toEqual(expect.arrayContaining(['Peak', `${peak} messages`]));
    expect(await factsOf(page, 'target')).toEqual(expect.arrayContaining(['rabbitmq', '3.10.8', 'postgres', '15.14']));
    expect(await factsOf(page, 'connections')).toEqual(expect.arrayContaining(['Opened', '50 of 50 (100 %)']));
    expect(await page.locator('pre').textContent()).toBe(
      'npx chatbench run burst --rate 1200 --target local --seed 42',
    );
  });

  it('draws every chart', async () => {
    const { page } = await openReport(renderHtml(result, verdict));
    await page.locator('.chart canvas').nth(8).waitFor();
    await expect.poll(() => page.evaluate('probes.drawnCharts()')).toEqual(new Array(9).fill(true));
  });

  it('shows what each process used, names the busiest, and how connections were spread and opened', async () => {
    const connections = { ...result.samples.connections, openedPer100Ms: [3, 10, 20, 12, 5] };
    const ramped = { ...result, samples: { ...result.samples, connections } };
    const { page, noises } = await openReport(renderHtml(ramped, verdict));
    const [busiest] = targetLoads(result);
    expect(await page.locator('#processes p').first().textContent()).toContain(
      `The busiest part of the target is ${busiest?.name}`,
    );
    await page.locator('#processes summary').first().click();
    const rows = await tableCells(page, '#processes details >> nth=0');
    const shown = result.processes?.map(({ cpuRatio }) => cpuRatio[1]).map((ratio) => formatRatio(ratio ?? null));
    expect(rows[0]?.slice(1)).toEqual(shown);
    await page.locator('#connections summary').click();
    const opened = await tableCells(page, '#connections details');
    expect(opened.map(([, count]) => Number(count))).toEqual(connections.openedPer100Ms);
    await expect.poll(() => page.evaluate('probes.drawnCharts()')).toEqual(new Array(10).fill(true));
    expect(noises).toEqual([]);
  });

  it('clips no label of a chart, on a desk or on a phone', async () => {
    for (const width of [1280, 390]) {
      const { page } = await openReport(renderHtml(result, verdict), { viewport: { width, height: 844 } });
      await page.locator('.chart canvas').nth(8).waitFor();
      await expect.poll(() => page.evaluate('probes.drawnCharts()')).toEqual(new Array(9).fill(true));
      expect(await page.evaluate('probes.clippedTexts()'), `${width} px`).toEqual([]);
    }
  });

  it('moves the pointer in all charts over time together', async () => {
    const { page } = await openReport(renderHtml(result, verdict));
    await page
      .locator('#time .u-over')
      .first()
      .hover({ position: { x: 200, y: 40 } });
    const times = page.locator('#time .u-legend tr:first-child .u-value');
    await expect
      .poll(async () => new Set((await times.allTextContents()).map(Number.parseFloat).map(Math.floor)).size)
      .toBe(1);
    expect((await times.allTextContents())[2]).toMatch(/^\d+(\.\d)? s$/);
  });

  it('shows a stretch of the run in all charts over time, by keyboard as by dragging', async () => {
    const { page, noises } = await openReport(renderHtml(result, verdict));
    await untilChartsAreDrawn(page);
    const told = page.locator('.time-window output');
    const shown = async () => (await told.textContent())!.match(/[\d.]+/g)!.map(Number);
    const press = async (name: string) => {
      await page.getByRole('button', { name }).focus();
      await page.keyboard.press('Enter');
    };
    const [, end = 0] = await shown();
    expect(end).toBeGreaterThan(10);

    await press('Zoom in');
    await expect.poll(shown).toEqual([end / 4, (3 * end) / 4].map((at) => Number(at.toFixed(1))));
    await page
      .locator('#time .u-over')
      .first()
      .hover({ position: { x: 1, y: 40 } });
    const times = page.locator('#time .u-legend tr:first-child .u-value');
    const leftmost = async () => (await times.allTextContents()).map(Number.parseFloat);
    await expect.poll(async () => Math.min(...(await leftmost()))).toBeGreaterThan(end / 4 - 1);
    await press('Later');
    await press('Later');
    await expect.poll(shown).toEqual([end / 2, end].map((at) => Number(at.toFixed(1))));
    await press('Zoom out');
    await expect.poll(shown).toEqual([0, end]);

    const over = page.locator('#time .u-over').nth(1);
    await over.scrollIntoViewIfNeeded();
    const plot = (await over.boundingBox())!;
    await page.mouse.move(plot.x + plot.width * 0.25, plot.y + 40);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 40, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => Math.round((await shown())[1]! - end / 2)).toBe(0);
    await expect.poll(async () => Math.max(...(await leftmost()))).toBeLessThan(end / 2 + 1);
    await press('Whole run');
    await expect.poll(shown).toEqual([0, end]);
    expect(noises).toEqual([]);
  });

  it.each(VIEWS)('can be read by everybody on $name', async (view) => {
    const { page } = await openReport(renderHtml(...crowdedRun(), [{ result, verdict }]), view);
    expect(await findBarriers(page)).toEqual([]);
  });

  it('lays the figures of the article beside the truth, where they were asked for', async () => {
    const article = { postP95Us: 11_200, postsPerSecond: 1_200, queueMaxDepth: 0 };
    const { page, noises } = await openReport(renderHtml({ ...result, article }, verdict));
    const rows = await tableCells(page, '#article table');
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ['POST p95', '11.2 ms'],
      ['throughput', '1,200/s'],
      ['queue, at most', '0'],
    ]);
    expect(rows[0]?.[2]).toMatch(/^recipients: delivery p95 [\d.]+ ms$/);
    expect(rows[2]?.[2]).toMatch(/^every 100 ms: [1-9]\d*$/);
    expect(noises).toEqual([]);
    const plain = await openReport(renderHtml(result, verdict));
    expect(await plain.page.locator('#article').count()).toBe(0);
  });

  it('shows where time goes, hop after hop, and names the hop that takes most of it', async () => {
    const { page } = await openReport(renderHtml(result, verdict));
    const [delivery] = hopWays(result);
    const rows = await tableCells(page, '#hops table >> nth=0');
    expect(rows.map(([name]) => name)).toEqual(delivery?.rows.map(({ name }) => name));
    for (const [index, hop] of (delivery?.rows ?? []).entries())
      expect(Math.abs(Number(rows[index]?.[2]) * 1000 - hop.values.meanUs)).toBeLessThanOrEqual(10);
    expect(await page.locator('#hops strong').first().textContent()).toContain(`“${delivery?.bottleneck.name}”`);
    const fills = page.locator('#hops table >> nth=0').locator('.fill');
    expect(await fills.count()).toBe(rows.length);
    expect((await fills.first().boundingBox())?.width).toBeGreaterThan(1);
  });

  it('counts every measured delivery in the heat map', async () => {
    const { page } = await openReport(renderHtml(result, verdict));
    const cells = await foldedTable(page, 3);
    const counts = cells.flatMap((row) => row.slice(1)).map((cell) => Number(cell.replaceAll(',', '')));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(36_000);
  });

  it('can be walked by landmarks, headings and keyboard', async () => {
    const { page } = await openReport(renderHtml(result, verdict));
    expect(await page.locator('header, main, footer').count()).toBe(3);
    const names = await page.evaluate<string[]>('probes.sectionTitles()');
    expect(names.every((name) => name !== '')).toBe(true);
    expect(new Set(names).size).toBe(names.length);
    await page.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('details[open] table').waitFor();
  });

  it('stays under 400 KB', () => {
    expect(Buffer.byteLength(renderHtml(result, verdict))).toBeLessThan(400_000);
  });
});

describe('the report of a run with traffic beside its messages', () => {
  it('has a row for each kind, which the report of any other run has not', async () => {
    const result = buildResultFixture();
    const traffic: RunResult['samples']['traffic'] = [
      {
        kind: 'typing',
        planned: 1_500,
        sent: 1_498,
        failed: 2,
        received: 1_480,
        latency: null,
        lateness: null,
        own: null,
      },
      {
        kind: 'history',
        planned: 30,
        sent: 30,
        failed: 0,
        received: null,
        latency: encodeValues([2_000, 4_000]),
        lateness: null,
        own: null,
      },
    ];
    const busy = { ...result, samples: { ...result.samples, traffic } };
    const { page, noises } = await openReport(renderHtml(busy, buildVerdictFixture()));
    expect(await tableCells(page, '#traffic')).toEqual([
      ['typing', '1,500', '1,498', '2', '1,480', '–', '–', '–'],
      ['history reads', '30', '30', '0', '–', '2.00', '4.00', '4.00'],
    ]);
    expect(await page.locator('#traffic .bad').allTextContents()).toEqual(['2']);
    expect(noises).toEqual([]);
    const { page: other } = await openReport(renderHtml(result, buildVerdictFixture()));
    expect(await other.locator('#traffic').count()).toBe(0);
  });
});

describe('the report of several runs', () => {
  it('lays their curves over each other and their figures side by side', async () => {
    const slow = buildResultFixture();
    const fast = buildResultFixture({ id: 'fast' });
    const histograms = { ...fast.samples.histograms, delivery: fast.samples.histograms.ack };
    const other = { ...fast, samples: { ...fast.samples, histograms } };
    const verdict = buildVerdictFixture();
    const { page, noises } = await openReport(renderHtml(slow, verdict, [{ result: other, verdict }]));
    await expect.poll(() => page.evaluate('probes.drawnCharts()')).toEqual(new Array(10).fill(true));
    const legend = await page.locator('#overlay .u-legend .u-label').allTextContents();
    expect(legend.slice(1)).toEqual(['A: burst', 'B: burst']);
    const rows = Object.fromEntries(
      (await tableCells(page, '#overlay > .content > .scroll')).map(([name, ...values]) => [name, values]),
    );
    const p95 = (encoded: string) => formatLatency(summarizeHistogram(encoded)?.p95Us ?? null);
    expect(rows.Run).toEqual(['k3f9', 'fast']);
    expect(rows['delivery p95']).toEqual([p95(slow.samples.histograms.delivery), p95(histograms.delivery)]);
    expect(noises).toEqual([]);
  });

  it('is not spoken of where there is one', async () => {
    const { page } = await openReport(renderHtml(buildResultFixture(), buildVerdictFixture()));
    expect(await page.locator('#overlay').count()).toBe(0);
  });
});

describe('the report of ten minutes at 10,000 messages a second', () => {
  it('stays below 2 MB, and draws every second of it', async () => {
    const html = renderHtml(longRun(), buildVerdictFixture());
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000);
    const { page, noises } = await openReport(html);
    await expect.poll(() => page.evaluate('probes.drawnCharts()')).toEqual(new Array(9).fill(true));
    expect((await foldedTable(page, 1)).length).toBe(600);
    expect(longRun().processes?.length).toBeGreaterThan(3);
    await page.locator('#processes summary').first().click();
    await expect.poll(() => page.locator('#processes details >> nth=0').locator('tbody tr').count()).toBe(600);
    expect(noises).toEqual([]);
  });
});

describe('the report of a troubled run', () => {
  it('shows lost deliveries at infinity and what is missing as missing', async () => {
    const healthy = buildResultFixture({ queue: null });
    const histograms = { ...healthy.samples.histograms, ack: '' };
    const samples = { ...healthy.samples, histograms, ledger: lossyLedger(412), health: [] };
    const thresholds = [{ expression: 'lost == 0', actual: '412', ok: false }];
    const verdict = buildVerdictFixture({ status: 'fail', exitCode: 4, thresholds });
    const { page, noises } = await openReport(renderHtml({ ...healthy, samples }, verdict));
    const rows = await tableCells(page, '#latency');
    expect(await page.locator('h1').textContent()).toBe('✗ Fail');
    expect(rows[1]?.slice(4)).toEqual(['∞', '∞', '∞', '36,412']);
    expect(rows[2]?.slice(1)).toEqual(['–', '–', '–', '–', '–', '–', 'no data']);
    expect(await page.locator('#time').textContent()).toContain('Queue depth was not observed');
    expect(noises).toEqual([]);
  });

  it('opens also where nothing at all was recorded', async () => {
    const healthy = buildResultFixture({ queue: null, timeline: [] });
    const histograms = Object.fromEntries(Object.keys(healthy.samples.histograms).map((name) => [name, '']));
    const samples = {
      ...healthy.samples,
      histograms: histograms as RunResult['samples']['histograms'],
      ledger: { ...lossyLedger(0), planned: 0, sent: 0, expected: 0, once: 0 },
      intervals: [],
      health: [],
    };
    const phases = { warmupEndUs: 0, measureEndUs: 0, drainEndUs: 0 };
    const { page, noises } = await openReport(
      renderHtml({ ...healthy, samples, phases }, buildVerdictFixture({ status: 'invalid', exitCode: 5 })),
    );
    expect(await page.locator('.finding').textContent()).toBe(
      'Nothing was delivered, so there is no latency to report.',
    );
    expect(noises).toEqual([]);
  });
});

describe('a report full of hostile text', () => {
  it('shows every text as text, wherever it comes from, and runs none of it', async () => {
    const render = (text: string) => {
      const [result, verdict] = hostileRun(text, [text]);
      return renderHtml(result, verdict, [{ result: { ...result, id: `other ${text}` }, verdict }]);
    };
    const calm = await openReport(render('calm'));
    await untilChartsAreDrawn(calm.page);
    const tagsOfCalm = await calm.page.evaluate('probes.tagNames()');
    for (const hostile of HOSTILE_TEXTS) {
      const { page, url, noises, requests } = await openReport(render(hostile));
      expect(await page.evaluate('globalThis.breached'), hostile).toBeUndefined();
      expect(noises, hostile).toEqual([]);
      expect(requests, hostile).toEqual([url]);
      await untilChartsAreDrawn(page);
      expect(await page.evaluate('probes.tagNames()'), hostile).toEqual(tagsOfCalm);
      const texts = await page.evaluate<string[][]>(`probes.textsAt(${JSON.stringify(HOSTILE_PLACES)})`);
      for (const [index, place] of HOSTILE_PLACES.entries()) expect(texts[index], place).toContain(hostile);
      const [labels, heads, cells] = await page.evaluate<string[][]>(
        `probes.textsAt(${JSON.stringify(OVERLAY_PLACES)})`,
      );
      expect(labels, hostile).toEqual(expect.arrayContaining([`A: ${hostile}`, `B: ${hostile}`]));
      expect(heads, hostile).toEqual(expect.arrayContaining([`A: ${hostile}`, `B: ${hostile}`]));
      expect(cells, hostile).toEqual(expect.arrayContaining([hostile, `other ${hostile}`]));
    }
  });

  it('shows all of them at once', async () => {
    const { page, noises } = await openReport(renderHtml(...hostileRun('calm', HOSTILE_STRINGS)));
    expect(HOSTILE_STRINGS.length).toBeGreaterThanOrEqual(50);
    const reasons = await page.locator('#connections table').last().locator('tbody th').allTextContents();
    expect(new Set(reasons)).toEqual(new Set(HOSTILE_STRINGS));
    expect(noises).toEqual([]);
  });

  it('would be stopped by its policy even if markup came through', async () => {
    const { page } = await openReport(renderHtml(...hostileRun('calm', ['calm'])));
    const blocked = page.waitForEvent('requestfailed');
    await page.evaluate('probes.attack()');
    const request = await blocked;
    expect([request.url(), request.failure()?.errorText]).toEqual(['https://breach.invalid/x', 'csp']);
    expect(await page.evaluate('globalThis.breached')).toBeUndefined();
  });
});

/** Every section that a report can have: rooms of several sizes, warnings, troubled messages. */
function crowdedRun(): [RunResult, Verdict] {
  const healthy = buildResultFixture();
  const { delivery, ack } = healthy.samples.histograms;
  const roomClasses = [
    { size: 2, count: 20 },
    { size: 10, count: 1 },
  ];
  const example = { kind: 'lost' as const, sequence: 7, room: 1, sender: 2, recipient: 3, intendedAtUs: 4_000_000 };
  return [
    {
      ...healthy,
      scenario: { ...healthy.scenario, population: { ...healthy.scenario.population, roomClasses } },
      samples: {
        ...healthy.samples,
        breakdowns: { 'roomSize=2': ack, 'roomSize=10': delivery },
        examples: [example],
        ledger: lossyLedger(1),
      },
    },
    buildVerdictFixture({
      status: 'invalid',
      exitCode: 5,
      warnings: [
        { code: 'lateness', invalidates: true, message: 'Sends were late.', remedy: 'Lower the rate.' },
        { code: 'queue-gaps', invalidates: false, message: 'Two readings failed.', remedy: 'Measure again.' },
      ],
    }),
  ];
}

/** 600 seconds with 10,000 deliveries each, spread like the healthy run's. */
function longRun(): RunResult {
  const healthy = buildResultFixture();
  const measured = healthy.samples.intervals.filter(({ delivery }) => delivery !== '');
  const intervals = Array.from({ length: 600 }, (_, second) => ({
    ...measured[second % measured.length]!,
    second,
    offered: 10_000,
    sent: 10_000,
    delivered: 10_000,
  }));
  const atUs = Array.from({ length: 6_000 }, (_, index) => index * 100_000);
  const queue = {
    source: 'amqp' as const,
    intervalMs: 100,
    gaps: 0,
    atUs,
    ready: atUs.map((_, index) => (index * 7_919) % 1_000),
    inFlight: atUs.map((_, index) => (index * 104_729) % 200),
  };
  const phases = { warmupEndUs: 0, measureEndUs: 600_000_000, drainEndUs: 600_010_000 };
  const seconds = intervals.map(({ second }) => second * 1_000_000 + 3_217);
  // Figures that differ from second to second, as measured ones do: what repeats itself would be packed away.
  const processes = (healthy.processes ?? []).map((process, number) => ({
    ...process,
    atUs: seconds,
    cpuRatio: seconds.map((_, index) => (index === 0 ? null : ((index * 7_919 + number * 131) % 1_000) / 1_000)),
    residentBytes: seconds.map((_, index) => 90_000_000 + ((index * 104_729 + number * 17) % 9_999) * 4_096),
  }));
  const gatewaySeries = {
    atUs: seconds,
    gateways: (healthy.gatewaySeries?.gateways ?? []).map((gateway, number) => ({
      ...gateway,
      connections: seconds.map((_, index) => 20 + ((index * 31 + number) % 9)),
    })),
  };
  return { ...healthy, phases, queue, processes, gatewaySeries, samples: { ...healthy.samples, intervals } };
}

/** Where the page shows foreign text of its own accord, one selector per field. */
const HOSTILE_PLACES = [
  '#thresholds code',
  '#thresholds td.figure',
  '#warnings .remedy',
  '#warnings code',
  '#time table td:nth-child(3)',
  '#time table td:nth-child(4)',
  '#connections tbody th',
  '#hops tbody th',
  '#processes .u-label',
  '#target dt',
  '#target dd',
  '#environment dd',
];

/** Legend, heads and figures of runs that are laid over each other. */
const OVERLAY_PLACES = ['#overlay .u-label', '#overlay > .content > .scroll thead th', '#overlay tbody td'];

/** A run with one text in every single field and many in every list that a server, broker or machine fills. */
function hostileRun(one: string, many: readonly string[]): [RunResult, Verdict] {
  const healthy = buildResultFixture({ queue: null });
  const counts = Object.fromEntries(many.map((text) => [text, 1]));
  const result: RunResult = {
    ...healthy,
    id: one,
    command: ['run', one],
    completeness: { status: 'partial', reason: one },
    scenario: {
      ...healthy.scenario,
      name: one,
      question: one,
      target: { ...healthy.scenario.target, kind: 'external', url: one },
    },
    target: { ...healthy.target, topology: one, components: many.map((text) => ({ name: text, version: text })) },
    environment: { ...healthy.environment, chatbench: one, node: one, os: one, cpu: one },
    samples: {
      ...healthy.samples,
      hops: healthy.samples.hops.map((hop) => ({ ...hop, name: one })),
      intervals: healthy.samples.intervals.slice(0, 4),
      refusals: many.map((code) => ({ code, count: 1 })),
      serverErrors: [{ code: one, count: 1 }],
      connections: { ...healthy.samples.connections, failed: many.length, failures: counts, perEndpoint: counts },
    },
    gatewayConnections: counts,
    gatewaySeries: {
      atUs: [0, 1_000_000],
      gateways: many.map((name) => ({ name, connections: [1, 1] })),
    },
    processes: many.map((name) => ({
      name,
      atUs: [-500_000, 500_000, 3_500_000],
      cpuRatio: [null, 0.5, 0.5],
      residentBytes: [1, 1, 1],
    })),
    timeline: many.map((text, index) => ({ atUs: 1_000_000 + index, kind: text, text })),
  };
  const verdict: Verdict = {
    status: 'invalid',
    exitCode: 5,
    thresholds: many.map((text) => ({ expression: text, actual: text, ok: false })),
    warnings: many.map((text) => ({
      code: text as Verdict['warnings'][number]['code'],
      invalidates: true,
      message: text,
      remedy: text,
    })),
  };
  return [result, verdict];
}
