import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { readUsedMemory } from '../testing/used-memory.ts';
import { followThreshold, SECONDS_ALONE } from './follow-threshold.ts';
import type { KnownRun } from './known-run.ts';
import { measureThreshold, parseThreshold, type Threshold } from './threshold.ts';

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

function secondOf(second: number, latencyMs: number, sent = 10): RawInterval {
  const delivery = new Histogram();
  delivery.record(latencyMs * 1000);
  const counts = { offered: sent, sent, skipped: 0, delivered: 1, inFlight: 0, latenessMaxUs: 0 };
  return { second, ...counts, delivery: delivery.snapshot(), loopDelay: new Histogram().snapshot() };
}

/** What is known after each of the seconds. */
function secondsOf(values: readonly number[]): readonly KnownRun[] {
  const seconds = values.map((value, second) => secondOf(second, value, value));
  return seconds.map((_, second) => {
    const passed = seconds.slice(0, second + 1);
    const queue = { atUs: passed.map((at) => (at.second + 1) * 1_000_000 - 1), depth: passed.map(depthOf) };
    return { ...SECONDS_ALONE, timetable, seconds: passed, queue };
  });
}

function depthOf({ sent }: RawInterval): number {
  return (sent * 7) % 50;
}

/** What is told after each of the seconds. */
function follow(expression: string, values: readonly number[]) {
  const follower = followThreshold(thresholdOf(expression), timetable);
  return values.map((value, second) => {
    const interval = secondOf(second, value, value);
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
      'delivery.p50 < 9ms during drain',
      'queue.depth.max < 5 during peak',
      'queue.depth.max < 5 for every 2s',
      'queue.depth.max < 5',
      'sent.rate > 9 during drain',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...expressions),
        fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 13, maxLength: 15 }),
        (expression, values) => {
          const known = secondsOf(values).at(-1)!;
          expect(follow(expression, values).at(-1)).toEqual(measureThreshold(thresholdOf(expression), known));
        },
      ),
    );
  });

  it('waits for a stretch to be whole, and tells of the worst from then on', () => {
    const told = follow('sent.rate > 20 for every 2s', [90, 90, 10, 50, 10, 10, 90]).map((at) => at?.value ?? null);
    expect(told).toEqual([null, null, null, 30, 30, 10, 10]);
  });

  it('leaves a second out that nobody has told of, and counts the others where they belong', () => {
    const follower = followThreshold(thresholdOf('sent.rate > 20 for every 3s'), timetable);
    for (const second of [0, 1, 2, 6, 7, 8]) follower.add(secondOf(second, 1, 10 * second), null);
    // Seconds 6 to 8, each with its own.
    expect(follower.measure(SECONDS_ALONE)).toMatchObject({ value: 60, span: { fromUs: 4_000_000, toUs: 7_000_000 } });
  });

  it('keeps no more than its window, however long the run', () => {
    const week = { warmupEndUs: 0, measureEndUs: 604_800e6, stages: [] };
    const followers = ['delivery.p95 < 1s for every 1m', 'delivery.p99 < 1s during measure', 'sent.rate > 9'].map(
      (expression) => followThreshold(thresholdOf(expression), week),
    );
    const add = (from: number, to: number) => {
      for (let second = from; second < to; second++) {
        const interval = secondOf(second, (second * 7) % 60);
        for (const follower of followers) follower.add(interval, 3);
      }
    };
    add(0, 2_000);
    const before = readUsedMemory();
    add(2_000, 20_000);
    // All of these seconds would be some 10 MB.
    expect(readUsedMemory() - before).toBeLessThan(1e6);
    expect(followers.map((follower) => follower.measure(SECONDS_ALONE)?.value)).toEqual([56_031, 59_007, 10]);
  });
});
