import { describe, expect, it } from 'vitest';
import { mostOf } from '../../extremes.ts';
import { Histogram } from '../../record/histogram.ts';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { EMPTY_HISTORY, extendHistory, type LiveHistory, meanOf, valuesPerColumn } from './live-history.ts';

const NOTHING = new Histogram().snapshot();

/** Seconds 1 to `length`, the depth of each its number. */
function secondsOf(length: number, from: LiveHistory = EMPTY_HISTORY): LiveHistory {
  let history = from;
  for (let second = 1; second <= length; second++) {
    const update = { ...LIVE_UPDATE, elapsedUs: second * 1e6, queueDepth: second, deliveredPerSecond: 2 * second };
    history = extendHistory(history, update, NOTHING);
  }
  return history;
}

describe('the history of a run under way', () => {
  it('is bounded however long the run, and still spans all of it', () => {
    const { stretches } = secondsOf(10_000);
    expect(stretches.length).toBeLessThanOrEqual(480);
    expect(stretches[0]!.fromUs).toBe(0);
    expect(stretches.at(-1)!.toUs).toBe(10_000e6);
    for (const [index, { fromUs }] of stretches.entries())
      if (index > 0) expect(fromUs).toBe(stretches[index - 1]!.toUs);
  });

  it('keeps the worst of what it joins, and the mean of rates by their time', () => {
    const { stretches } = secondsOf(10_000);
    expect(mostOf(stretches.map(({ depth }) => depth))).toBe(10_000);
    const delivered = stretches.reduce((sum, one) => sum + (one.delivered * (one.toUs - one.fromUs)) / 1e6, 0);
    expect(delivered).toBeCloseTo(10_000 * 10_001, 0);
  });

  it('gives each column of a chart its share of the whole run, and nothing to what is still to come', () => {
    const history = secondsOf(4);
    const depth = ({ depth }: LiveHistory['stretches'][number]) => depth;
    expect(valuesPerColumn(history, 8e6, 8, depth, mostOf)).toEqual([1, 2, 3, 4, null, null, null, null]);
    expect(valuesPerColumn(history, 8e6, 4, depth, meanOf)).toEqual([1.5, 3.5, null, null]);
    expect(valuesPerColumn(history, 4e6, 8, depth, mostOf)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it('counts arrivals by latency, what lies beyond the bands with the outermost', () => {
    const arrived = new Histogram();
    for (const us of [1, 150, 1_000, 1_000, 500_000_000]) arrived.record(us);
    const { stretches } = extendHistory(EMPTY_HISTORY, LIVE_UPDATE, arrived.snapshot());
    const { bands } = stretches[0]!;
    expect(bands.reduce((sum, count) => sum + count, 0)).toBe(5);
    expect(bands[0]).toBe(1);
    expect(bands[16]).toBe(2);
    expect(bands.at(-1)).toBe(1);
  });

  it('holds nothing of the time in which clients connect', () => {
    expect(extendHistory(EMPTY_HISTORY, { ...LIVE_UPDATE, phase: 'connect' }, NOTHING)).toBe(EMPTY_HISTORY);
  });
});
