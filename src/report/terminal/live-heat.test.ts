import { expect, it } from 'vitest';
import { Histogram } from '../../record/histogram.ts';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { drawHeat } from './live-heat.ts';
import { EMPTY_HISTORY, extendHistory } from './live-history.ts';

/** Of each second, the latencies of what arrived in it, ms. */
function historyOf(seconds: readonly (readonly number[])[]) {
  return seconds.reduce((history, latencies, index) => {
    const arrived = new Histogram();
    for (const ms of latencies) arrived.record(ms * 1000);
    return extendHistory(history, { ...LIVE_UPDATE, elapsedUs: (index + 1) * 1e6 }, arrived.snapshot());
  }, EMPTY_HISTORY);
}

it('shows when what took how long, denser where there is more, and names decades of milliseconds', () => {
  const history = historyOf([[2, 2, 2, 2, 2, 2, 2, 150], [2], [], [15]]);
  const lines = drawHeat(history, { spanUs: 5e6, columns: 12, rows: 3 }, []);
  expect(lines).toEqual(['   100┤▒    ', '    10┤   ▒ ', '     1┤█▒   ']);
});

it('is empty where nothing arrived', () => {
  expect(drawHeat(historyOf([[], []]), { spanUs: 5e6, columns: 20, rows: 5 }, [])).toEqual([]);
});
