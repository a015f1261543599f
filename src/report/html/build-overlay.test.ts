import { describe, expect, it } from 'vitest';
import { formatLatency } from '../../quantities.ts';
import { summarizeWithLost } from '../../record/histogram-summary.ts';
import { buildResultFixture, buildVerdictFixture, lossyLedger } from '../../testing/result-fixture.ts';
import { buildOverlay, MOST_OVERLAID, type OverlaidRun } from './build-overlay.ts';
import { CURVE_STYLES, curveStyle } from './page/curve-style.ts';

const verdict = buildVerdictFixture();
const result = buildResultFixture();
const own: OverlaidRun = { result, verdict };

describe('runs laid over each other', () => {
  it('have a colour and dash of their own each, as many as are shown', () => {
    expect(CURVE_STYLES).toBeGreaterThanOrEqual(MOST_OVERLAID);
    const styles = Array.from({ length: CURVE_STYLES }, (_, index) => JSON.stringify(curveStyle(index)));
    expect(new Set(styles).size).toBe(CURVE_STYLES);
    for (let index = 1; index < CURVE_STYLES; index++) {
      const [one, next] = [curveStyle(index - 1), curveStyle(index)];
      expect(one.color).not.toBe(next.color);
      expect(one.dash).not.toEqual(next.dash);
    }
  });

  it('are named by letters, also where the alphabet ends', () => {
    const overlay = buildOverlay(own, new Array<OverlaidRun>(53).fill(own));
    const names = overlay?.runs.map(({ name }) => name.split(':')[0]) ?? [];
    expect([0, 25, 26, 51, 52, 53].map((index) => names[index])).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'BB']);
    expect(new Set(names).size).toBe(54);
  });

  it('count what was lost as endless: who loses the slowest is not the faster one', () => {
    const lossy: OverlaidRun = {
      result: { ...result, samples: { ...result.samples, ledger: lossyLedger(3_600) } },
      verdict,
    };
    const overlay = buildOverlay(own, [lossy])!;
    const valuesOf = (wanted: string) => overlay.rows.find(({ name }) => name === wanted)?.values;
    const { delivery } = result.samples.histograms;
    const p50 = [0, 3_600].map((lost) => formatLatency(summarizeWithLost(delivery, lost)?.p50Us ?? null));
    expect(valuesOf('delivery p50')).toEqual(p50);
    expect(valuesOf('delivery p95')?.[1]).toBe('∞');
    const [whole, cut] = overlay.runs.map(({ points }) => points);
    expect(cut!.at(-1)!.percentile).toBeLessThan(91);
    expect(cut!.every(({ valueUs }) => Number.isFinite(valueUs))).toBe(true);
    expect(whole!.at(-1)!.percentile).toBe(100);
  });
});
