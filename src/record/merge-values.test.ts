import { describe, expect, it } from 'vitest';
import { addConnections, zeroConnections } from './connection-counts.ts';
import { Histogram } from './histogram.ts';
import type { RawInterval } from './interval-series.ts';
import { mergeIntervals, mergeReports, ZERO_REPORT } from './merge-reports.ts';

function histogramOf(...values: readonly number[]) {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.snapshot();
}

function interval(parts: Partial<RawInterval>): RawInterval {
  const nothing = histogramOf();
  return {
    second: 4,
    offered: 0,
    sent: 0,
    skipped: 0,
    delivered: 0,
    inFlight: 0,
    latenessMaxUs: 0,
    delivery: nothing,
    loopDelay: nothing,
    due: [],
    ...parts,
  };
}

describe('a second of two shards', () => {
  it('adds up what happened, and is as late as the later of them', () => {
    const [one, other] = [
      interval({
        offered: 5,
        sent: 4,
        skipped: 1,
        delivered: 8,
        inFlight: 2,
        latenessMaxUs: 900,
        delivery: histogramOf(10),
      }),
      interval({
        offered: 7,
        sent: 7,
        delivered: 6,
        inFlight: 3,
        latenessMaxUs: 40_000,
        delivery: histogramOf(20, 30),
      }),
    ];
    expect(mergeIntervals([one], [other])).toEqual([
      interval({
        offered: 12,
        sent: 11,
        skipped: 1,
        delivered: 14,
        inFlight: 5,
        latenessMaxUs: 40_000,
        delivery: histogramOf(10, 20, 30),
      }),
    ]);
  });

  it('is blocked for as long as each of them was', () => {
    const merged = mergeIntervals(
      [interval({ loopDelay: histogramOf(1_000) })],
      [interval({ loopDelay: histogramOf(250_000) }), interval({ second: 5 })],
    );
    expect(merged.map(({ second, loopDelay: { count, maxUs } }) => [second, count, maxUs])).toEqual([
      [4, 2, 250_000],
      [5, 0, 0],
    ]);
  });
});

it('a second of two shards of one control group is stopped by its quota once', () => {
  const [one, other] = [interval({ throttledUs: 40_000 }), interval({ throttledUs: 50_000 })];
  expect(mergeIntervals([one], [other])[0]?.throttledUs).toBe(50_000);
  expect(mergeIntervals([one], [interval({})])[0]?.throttledUs).toBe(40_000);
  expect(mergeIntervals([interval({})], [interval({})])[0]).not.toHaveProperty('throttledUs');
});

describe('connections of two shards', () => {
  it('add up, and were opened side by side: it took as long as the slower took', () => {
    const one = { ...zeroConnections(), attempted: 3, opened: 2, failed: 1, openingUs: 100_000, openedPer100Ms: [2] };
    const other = { ...zeroConnections(), attempted: 4, opened: 4, openingUs: 250_000, openedPer100Ms: [1, 3] };
    expect(addConnections(one, other)).toMatchObject({
      attempted: 7,
      opened: 6,
      failed: 1,
      openingUs: 250_000,
      openedPer100Ms: [3, 3],
    });
  });
});

it('a run ends with the last of its shards', () => {
  const ends = [3_000_000, 5_000_000, 4_000_000].map((drainEndUs) => ({ ...ZERO_REPORT, drainEndUs }));
  expect(ends.reduce(mergeReports, ZERO_REPORT).drainEndUs).toBe(5_000_000);
});
