import { stripVTControlCharacters } from 'node:util';
import { renderToString } from 'ink';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../record/histogram.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { displayWidth } from './display-width.ts';
import { EMPTY_HISTORY, extendHistory } from './live-history.ts';
import { type LivePanel, LiveScreen } from './live-screen.tsx';
import { type ColorDepth, chooseTheme } from './live-theme.ts';

const update = LIVE_UPDATE;

interface Drawn {
  readonly columns?: number;
  readonly rows?: number;
  readonly panel?: LivePanel;
  readonly depth?: ColorDepth;
}

/** The frame at the end of `shown`, all of whose seconds before it were like it, but for queue and latencies, which vary. */
function paint(shown: LiveUpdate, { columns = 80, rows = 24, panel = 'charts', depth = 1 }: Drawn = {}): string {
  let history = EMPTY_HISTORY;
  for (let elapsedUs = 1e6; elapsedUs <= shown.elapsedUs; elapsedUs += 1e6) {
    const second = elapsedUs / 1e6;
    const arrived = new Histogram();
    for (let index = 0; index < 1_000; index++) arrived.record(2_000 + index * (5 + (second % 4)));
    const varied = { ...shown, elapsedUs, queueDepth: shown.queueDepth && second % 20, inFlight: second % 7 };
    history = extendHistory(history, varied, arrived.snapshot());
  }
  const frame = (
    <LiveScreen
      title="burst on local"
      update={shown}
      history={history}
      panel={panel}
      hasKeys
      isStopping={false}
      theme={chooseTheme(depth)}
      columns={columns}
      rows={rows}
    />
  );
  return renderToString(frame, { columns });
}

const draw = (shown: LiveUpdate, drawn: Drawn = {}): string => stripVTControlCharacters(paint(shown, drawn));

/** More of everything than a screen has room for. */
const crowded: LiveUpdate = {
  ...update,
  connections: Array.from({ length: 40 }, (_, index) => ({ endpoint: `ws://127.0.0.1:${4000 + index}/ws`, opened: 7 })),
  thresholds: Array.from({ length: 12 }, (_, index) => ({ expression: `lost < ${index}`, actual: '5', ok: index > 5 })),
  events: Array.from({ length: 5 }, (_, index) => ({ atUs: index * 1_000_000, kind: 'killed', text: 'x'.repeat(300) })),
  observed: Array.from({ length: 9 }, (_, index) => ({
    name: `series-${index}`,
    unit: 'number' as const,
    value: index,
  })),
};

describe('the live view', () => {
  it('shows phase, rates, latencies and charts', async () => {
    await expect(draw(update)).toMatchFileSnapshot('./snapshots/live-measure.txt');
  });

  it('fills a large terminal with charts: at least four fifths of its rows and of its columns', async () => {
    const text = draw(update, { columns: 200, rows: 60 });
    await expect(text).toMatchFileSnapshot('./snapshots/live-large.txt');
    const lines = text.split('\n');
    const first = lines.findIndex((line) => line.includes('latency, ms'));
    const last = lines.findLastIndex((line) => /33 s +0 .*33 s$/.test(line.trimEnd()));
    expect(last - first + 1).toBeGreaterThanOrEqual(48);
    expect(Math.max(...lines.slice(first, last + 1).map(displayWidth))).toBeGreaterThanOrEqual(160);
    // None of it is kept free: every row of a chart has its axis.
    expect(lines.slice(first, last + 1).filter((line) => line.trim() === '').length).toBeLessThanOrEqual(2);
  });

  it('draws what the scenario observes where there is room for it', () => {
    const observed = [{ name: 'lag', unit: 'number' as const, value: 12 }];
    expect(draw({ ...update, observed }, { columns: 200, rows: 60 })).toMatch(/^ lag {2}─ 12/m);
  });

  it('puts thresholds that fail first, and counts those without room', () => {
    const lines = draw(crowded)
      .split('\n')
      .map((line) => line.trim());
    expect(lines).toContain('✗ lost < 0   5');
    expect(lines.join('\n')).toMatch(/… \d+ more/);
    expect(lines.join('\n')).not.toContain('✓ lost');
  });

  it('shows details and help in place of the charts', async () => {
    const events = [{ atUs: 17_200_000, kind: 'killed', text: 'worker-1' }];
    const details = draw({ ...update, events }, { panel: 'details' });
    await expect(details).toMatchFileSnapshot('./snapshots/live-details.txt');
    await expect(draw(update, { panel: 'help' })).toMatchFileSnapshot('./snapshots/live-help.txt');
  });

  it('says that arrivals are paused', () => {
    const text = draw({ ...update, isPaused: true, ledger: { ...update.ledger, skipped: 1200 } });
    expect(text).toContain('PAUSED');
    expect(text).toContain('1,200 skipped');
    expect(text).toContain('p go on');
  });

  it('offers no pause of a closed loop', () => {
    expect(draw({ ...update, isPaused: null })).not.toMatch(/p (pause|go on)/);
    expect(draw(update)).toContain('p pause');
  });

  it('lets no foreign text move the cursor', () => {
    const events = [{ atUs: 1, kind: 'log', text: 'a\u001b[2Jb\r\nc' }];
    for (const panel of ['charts', 'details'] as const)
      expect(draw({ ...update, events }, { panel })).toContain(String.raw`a\x1b[2Jb\x0d\x0ac`);
  });

  it('counts connections while they open', async () => {
    const connecting = {
      ...update,
      phase: 'connect' as const,
      connected: 20,
      openedPerSecond: 80,
      last: null,
      overall: null,
    };
    await expect(draw(connecting)).toMatchFileSnapshot('./snapshots/live-connect.txt');
  });

  it.each([
    [80, 24],
    [200, 60],
    [120, 30],
    [64, 20],
    [40, 15],
  ])('fits %i columns and fills all of %i rows but the last, so that redrawing never scrolls', (columns, rows) => {
    for (const phase of ['connect', 'warm-up', 'measure', 'drain'] as const) {
      for (const panel of ['charts', 'details', 'help'] as const) {
        const shown = { ...crowded, phase, clients: 1_000_000, connected: 999_999 };
        const lines = draw(shown, { columns, rows, panel }).split('\n');
        expect(lines.length, `${phase}, ${panel}`).toBe(rows - 1);
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
        expect(lines.at(-1)).toContain('q stop');
      }
    }
  });
});

describe('the colours of the live view', () => {
  const theme = chooseTheme(8);
  const failing = { expression: 'delivery.p95 < 5ms', actual: '7.12 ms', ok: false };

  it('are those of alarm for what fails alone, and the p95 is strong', () => {
    expect(paint(update, { depth: 8 })).toContain(theme.strong('p95   7.12 ms'));
    const text = paint({ ...update, thresholds: [failing] }, { depth: 8 });
    expect(text).toContain(theme.bad('p95   7.12 ms'));
    expect(text).toContain(theme.bad('✗ delivery.p95 < 5ms   7.12 ms'));
  });

  it('are not those of alarm for the p95 of all where one of a part of them fails', () => {
    for (const part of [' of phones', ' during burst', ' for every 10s']) {
      const text = paint(
        { ...update, thresholds: [{ ...failing, expression: `delivery.p95 < 5ms${part}` }] },
        { depth: 8 },
      );
      expect(text).toContain(theme.strong('p95   7.12 ms'));
    }
  });

  it('keep zeros quiet', () => {
    const text = paint(update, { depth: 8 });
    expect(text).toContain(theme.quiet('0 overdue'));
    expect(text).toContain(theme.bad('2 duplicated'));
  });

  it('are never those of health where less is delivered than offered', () => {
    const behind = { ...update, offeredPerSecond: 200, sentPerSecond: 200, deliveredPerSecond: 166 };
    const text = paint(behind, { depth: 8 });
    expect(text).toContain(theme.caution('delivered 166/s (83 % of it)'));
    expect(text).toContain('sent 200/s');
    expect(paint(update, { depth: 8 })).toContain('delivered 1,198/s');
  });

  it('take recipients into account: a message to twenty is delivered twenty times', () => {
    const ledger = { ...update.ledger, sent: 1_000, expected: 20_000 };
    const rates = { offeredPerSecond: 100, sentPerSecond: 100, deliveredPerSecond: 2_000 };
    expect(draw({ ...update, ...rates, ledger })).toContain(
      'offered 100/s × 20 recipients   sent 100/s   delivered 2,000/s\n',
    );
    expect(draw({ ...update, ...rates, deliveredPerSecond: 1_000, ledger })).toContain(
      'delivered 1,000/s (50 % of it)',
    );
  });
});
