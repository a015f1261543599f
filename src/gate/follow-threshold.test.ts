import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawInterval } from '../record/interval-series.ts';
import { SecondsByDue } from '../record/seconds-by-due.ts';
import { duePart, secondFixture } from '../testing/second-fixture.ts';
import { readUsedMemory } from '../testing/used-memory.ts';
import { followThreshold } from './follow-threshold.ts';
import type { KnownRun } from './known-run.ts';
import { measureThreshold, parseThreshold, type Threshold } from './threshold.ts';
import { type Following, SECONDS_ALONE } from './threshold-follower.ts';

const timetable = {
  warmupEndUs: 2_000_000,
  measureEndUs: 12_000_000,
  stages: [
    { name: 'calm', durationUs: 4_000_000 },
    { name: 'peak', durationUs: 6_000_000 },
  ],
};

function thresholdOf(expression: string): Threshold {
  const parsed = parseThreshold(expression);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.threshold;
}

/** So many are sent; one that was due so many seconds before arrives, as many ms late as are sent; a third of what is due is lost. */
function secondsOf(values: readonly { readonly sent: number; readonly before: number }[]): readonly RawInterval[] {
  const isDue = (second: number) => second >= 2 && second < 12;
  return values.map(({ sent, before }, second) => {
    const arriving = values.filter((later, at) => at > second && at - later.before === second).length;
    const parts = isDue(second)
      ? [duePart(second, before === 0 ? [sent * 1000] : [], arriving + (sent % 3 === 0 ? 1 : 0))]
      : [];
    const older = before > 0 && isDue(second - before);
    if (older) parts.unshift(duePart(second - before, [sent * 1000 + before * 1_000_000], -1));
    return secondFixture(second, parts, { offered: sent, sent, delivered: 1 });
  });
}

/** All that is known of these seconds afterwards. */
function knownOf(told: readonly RawInterval[]): KnownRun {
  const settled = new SecondsByDue();
  for (const interval of told) settled.add(interval);
  const seconds = settled.read().map((second) => ({ ...second, ownMaxUs: 0 }));
  const queue = { atUs: told.map((at) => (at.second + 1) * 1_000_000 - 1), depth: told.map(depthOf) };
  return { ...SECONDS_ALONE, timetable, seconds, queue };
}

function depthOf({ sent }: RawInterval): number {
  return (sent * 7) % 50;
}

const OVER = { openSeconds: 60, isOver: true };
const LIVE = { openSeconds: 60, isOver: false };

/** What is told after each of the seconds. */
function follow(expression: string, seconds: readonly RawInterval[], following: Following) {
  const follower = followThreshold(thresholdOf(expression), timetable, following);
  return seconds.map((interval) => {
    follower.add(interval, depthOf(interval));
    return follower.measure(SECONDS_ALONE);
  });
}

describe('a threshold that is followed', () => {
  it('comes to what the whole run comes to, once all of it is known', () => {
    const expressions = [
      'delivery.p95 < 50ms for every 3s',
      'sent.rate > 40 for every 2s during peak',
      'skipped == 0 for every 4s',
      'delivered.rate != 1 for every 1s',
      'delivery.max < 1s during calm',
      'delivery.p50 < 9ms',
      'delivery.p99 < 1s for every 10s',
      'delivery.p90 < 1s during peak',
      'delivery.max < 1s for every 2s during peak',
      'queue.depth.max < 5 during peak',
      'queue.depth.max < 5 for every 2s',
      'queue.depth.max < 5',
      'sent.rate > 9 during drain',
    ];
    const second = fc.record({ sent: fc.integer({ min: 1, max: 99 }), before: fc.nat({ max: 4 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...expressions),
        fc.array(second, { minLength: 13, maxLength: 17 }),
        fc.constantFrom(5, 60),
        (expression, values, openSeconds) => {
          const seconds = secondsOf(values);
          const follower = followThreshold(thresholdOf(expression), timetable, { openSeconds, isOver: true });
          for (const interval of seconds) follower.add(interval, depthOf(interval));
          expect(follower.measure(SECONDS_ALONE)).toEqual(measureThreshold(thresholdOf(expression), knownOf(seconds)));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('waits for a stretch to be whole, and tells of the worst from then on', () => {
    const seconds = secondsOf([90, 90, 10, 50, 10, 10, 90].map((sent) => ({ sent, before: 0 })));
    const told = follow('sent.rate > 20 for every 2s', seconds, LIVE).map((at) => at?.value ?? null);
    expect(told).toEqual([null, null, null, 30, 30, 10, 10]);
  });

  it('leaves a second out that nobody has told of, and counts the others where they belong', () => {
    const seconds = [0, 1, 2, 6, 7, 8].map((second) => secondFixture(second, [], { sent: 10 * second }));
    const follower = followThreshold(thresholdOf('sent.rate < 20 for every 3s'), timetable, LIVE);
    for (const interval of seconds) follower.add(interval, null);
    expect(follower.measure(SECONDS_ALONE)).toMatchObject({ value: 70, span: { fromUs: 6_000_000, toUs: 9_000_000 } });
  });

  it('takes what has not arrived for as late as it is by now, so that a figure can only become worse', () => {
    const seconds = Array.from({ length: 12 }, (_, second) => {
      if (second === 2)
        return secondFixture(2, [
          duePart(
            2,
            Array.from({ length: 98 }, () => 3_000),
            2,
          ),
        ]);
      return secondFixture(second, second === 9 ? [duePart(2, [6_700_000], -1)] : []);
    });
    for (const window of ['for every 1s', 'during calm']) {
      const told = follow(`delivery.max < 1s ${window}`, seconds, LIVE).map((at) => at && Math.floor(at.value / 1e5));
      expect(told.slice(0, 5)).toEqual([null, null, 0, 10, 20]);
      // One of the two has arrived: the other waits on.
      expect(told.slice(8, 11)).toEqual([60, 70, 80]);
      expect([...told].sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(told);
      expect(follow(`delivery.max < 1s ${window}`, seconds, OVER).at(-1)?.value).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('counts what comes later than seconds are open as due in the oldest that is', () => {
    const seconds = Array.from({ length: 10 }, (_, second) => {
      if (second >= 2 && second < 9) return secondFixture(second, [duePart(second, [1_000], second === 2 ? 1 : 0)]);
      return secondFixture(second, second === 9 ? [duePart(2, [6_700_000], -1)] : []);
    });
    const told = follow('delivery.max < 1s for every 1s', seconds, { openSeconds: 3, isOver: false }).at(-1);
    expect(told).toMatchObject({ span: { fromUs: 6_000_000, toUs: 7_000_000 } });
    expect(told?.value).toBeCloseTo(6_700_000, -4);
  });

  it('keeps no more than its window, however long the run', () => {
    const week = { warmupEndUs: 0, measureEndUs: 604_800e6, stages: [] };
    const followers = ['delivery.p95 < 1s for every 1m', 'delivery.p99 < 1s during measure', 'sent.rate > 9'].map(
      (expression) => followThreshold(thresholdOf(expression), week, LIVE),
    );
    const drawn = Array.from({ length: 60 }, (_, index) => duePart(0, [((index * 7) % 60) * 1000]));
    const add = (from: number, to: number) => {
      for (let second = from; second < to; second++) {
        // One of a hundred never arrives.
        const due = { ...drawn[second % 60]!, second, awaited: second % 100 === 0 ? 1 : 0 };
        const interval = secondFixture(second, [due], { offered: 10, sent: 10 });
        for (const follower of followers) follower.add(interval, 3);
      }
    };
    add(0, 1_000);
    const before = readUsedMemory();
    add(1_000, 8_000);
    // All of these seconds would be some 4 MB.
    expect(readUsedMemory() - before).toBeLessThan(1e6);
    expect(followers.map((follower) => follower.measure(SECONDS_ALONE)?.value)).toEqual([57_023, 59_007, 10]);
  });
});
