import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { followThreshold } from './follow-threshold.ts';
import { type KnownRun, knowBySeconds } from './known-run.ts';
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
  return { second, ...counts, delivery: delivery.snapshot() };
}

/** What is known after each of the seconds. */
function secondsOf(values: readonly number[]): readonly KnownRun[] {
  const seconds = values.map((value, second) => secondOf(second, value, value));
  return seconds.map((_, second) => ({ ...knowBySeconds(timetable), seconds: seconds.slice(0, second + 1) }));
}

describe('a threshold that is followed', () => {
  it('comes to what the whole run comes to, once all of it is known', () => {
    const expressions = [
      'delivery.p95 < 50ms for every 3s',
      'sent.rate > 40 for every 2s during peak',
      'skipped == 0 for every 4s',
      'delivered.rate != 1 for every 1s',
      'delivery.max < 1s during calm',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...expressions),
        fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 13, maxLength: 15 }),
        (expression, values) => {
          const follow = followThreshold(thresholdOf(expression));
          const seconds = secondsOf(values);
          const followed = seconds.map((known) => follow(known));
          expect(followed.at(-1)).toEqual(measureThreshold(thresholdOf(expression), seconds.at(-1)!));
        },
      ),
    );
  });

  it('waits for a stretch to be whole, and tells of the worst from then on', () => {
    const follow = followThreshold(thresholdOf('sent.rate > 20 for every 2s'));
    const told = secondsOf([90, 90, 10, 50, 10, 10, 90]).map((known) => follow(known)?.value ?? null);
    expect(told).toEqual([null, null, null, 30, 30, 10, 10]);
  });

  it('loses no stretch where several seconds become known at once', () => {
    const follow = followThreshold(thresholdOf('sent.rate > 20 for every 2s'));
    expect(follow(secondsOf([90, 90, 10, 10, 90, 90, 90]).at(-1)!)).toEqual({
      value: 10,
      span: { fromUs: 2_000_000, toUs: 4_000_000, endsMeasure: false },
    });
  });
});
