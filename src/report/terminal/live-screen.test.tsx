import { renderToString } from 'ink';
import { describe, expect, it } from 'vitest';
import type { LiveUpdate } from '../../record/live-update.ts';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { displayWidth } from './display-width.ts';
import { EMPTY_HISTORY, extendHistory } from './live-history.ts';
import { LiveFrame, type LivePanel } from './live-screen.tsx';

const update = LIVE_UPDATE;

function draw(shown: LiveUpdate, columns = 80, rows = 24, panel: LivePanel = 'charts'): string {
  let history = EMPTY_HISTORY;
  for (let second = 0; second < 90; second++) {
    history = extendHistory(history, { ...shown, queueDepth: second % 20, inFlight: second % 7 });
  }
  const frame = (
    <LiveFrame
      title="burst on local"
      update={shown}
      history={history}
      panel={panel}
      hasKeys
      isStopping={false}
      columns={columns}
      rows={rows}
    />
  );
  return renderToString(frame, { columns });
}

/** More of everything than a screen has room for. */
const crowded: LiveUpdate = {
  ...update,
  connections: Array.from({ length: 40 }, (_, index) => ({ endpoint: `ws://127.0.0.1:${4000 + index}/ws`, opened: 7 })),
  thresholds: Array.from({ length: 12 }, (_, index) => ({ expression: `lost < ${index}`, actual: '5', ok: index > 5 })),
  events: Array.from({ length: 5 }, (_, index) => ({ atUs: index * 1_000_000, kind: 'killed', text: 'x'.repeat(300) })),
};

describe('the live view', () => {
  it('shows phase, rates, latencies and charts', async () => {
    await expect(draw(update)).toMatchFileSnapshot('./snapshots/live-measure.txt');
  });

  it('puts thresholds that fail first, and counts those without room', () => {
    const lines = draw(crowded)
      .split('\n')
      .map((line) => line.trim());
    expect(lines).toEqual(expect.arrayContaining(['✗ lost < 0   5', '… 10 more']));
    expect(lines.join('\n')).not.toContain('✓ lost');
  });

  it('shows details and help in place of the charts', async () => {
    const events = [{ atUs: 17_200_000, kind: 'killed', text: 'worker-1' }];
    await expect(draw({ ...update, events }, 80, 24, 'details')).toMatchFileSnapshot('./snapshots/live-details.txt');
    await expect(draw(update, 80, 24, 'help')).toMatchFileSnapshot('./snapshots/live-help.txt');
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
      expect(draw({ ...update, events }, 80, 24, panel)).toContain(String.raw`a\x1b[2Jb\x0d\x0ac`);
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
    [64, 20],
    [40, 15],
  ])('fits %i columns and stays below %i rows, so that redrawing never scrolls', (columns, rows) => {
    for (const phase of ['connect', 'warm-up', 'measure', 'drain'] as const) {
      for (const panel of ['charts', 'details', 'help'] as const) {
        const shown = { ...crowded, phase, clients: 1_000_000, connected: 999_999 };
        const lines = draw(shown, columns, rows, panel).split('\n');
        expect(lines.length, `${phase}, ${panel}`).toBeLessThan(rows);
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('keeps its height from frame to frame', () => {
    const heights = (['warm-up', 'measure', 'drain'] as const).map(
      (phase) => draw({ ...update, phase }).split('\n').length,
    );
    expect(new Set(heights).size).toBe(1);
  });
});

it('keeps a bounded history however long the run', () => {
  let history = EMPTY_HISTORY;
  for (let second = 0; second < 10_000; second++) history = extendHistory(history, update);
  expect(history.depths.length).toBe(60);
  expect(history.p95sUs.length).toBe(60);
});
