import { renderToString } from 'ink';
import { describe, expect, it } from 'vitest';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { displayWidth } from './display-width.ts';
import { EMPTY_HISTORY, extendHistory } from './live-history.ts';
import { LiveFrame } from './live-screen.tsx';

const update = LIVE_UPDATE;

function draw(shown: typeof LIVE_UPDATE, columns = 80, rows = 24): string {
  let history = EMPTY_HISTORY;
  for (let second = 0; second < 90; second++) {
    history = extendHistory(history, { ...shown, queueDepth: second % 20, inFlight: second % 7 });
  }
  const frame = <LiveFrame title="burst on local" update={shown} history={history} columns={columns} rows={rows} />;
  return renderToString(frame, { columns });
}

describe('the live view', () => {
  it('shows phase, rates, latencies and charts', async () => {
    await expect(draw(update)).toMatchFileSnapshot('./snapshots/live-measure.txt');
  });

  it('counts connections while they open', async () => {
    const connecting = { ...update, phase: 'connect' as const, connected: 20, last: null, overall: null };
    await expect(draw(connecting)).toMatchFileSnapshot('./snapshots/live-connect.txt');
  });

  it.each([
    [80, 24],
    [200, 60],
    [64, 20],
    [40, 15],
  ])('fits %i columns and stays below %i rows, so that redrawing never scrolls', (columns, rows) => {
    for (const phase of ['connect', 'warm-up', 'measure', 'drain'] as const) {
      const lines = draw({ ...update, phase, clients: 1_000_000, connected: 999_999 }, columns, rows).split('\n');
      expect(lines.length).toBeLessThan(rows);
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
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
