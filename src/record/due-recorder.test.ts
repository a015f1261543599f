import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueRecorder, OLDEST_DUE } from './due-recorder.ts';
import { HIGHEST_US, Histogram, sumSparse } from './histogram.ts';

const SECOND = 1_000_000;

function histogramOf(latenciesUs: readonly number[]) {
  const histogram = new Histogram();
  for (const latencyUs of latenciesUs) histogram.record(latencyUs);
  return histogram.snapshot();
}

describe('deliveries of one second by the second in which they were due', () => {
  it('are told exactly, and add up to those that arrived, however late they are', () => {
    const delivery = fc.record({
      arrivedAtUs: fc.integer({ min: 4_000 * SECOND, max: 4_002 * SECOND - 1 }),
      latencyUs: fc.oneof(
        fc.integer({ min: 0, max: 3 * SECOND }),
        fc.integer({ min: 0, max: 90 * SECOND }),
        fc.integer({ min: 0, max: HIGHEST_US + 3 * SECOND }),
      ),
    });
    fc.assert(
      fc.property(fc.array(delivery, { maxLength: 60 }), (deliveries) => {
        const recorder = new DueRecorder(4_000);
        const sorted = deliveries.sort((one, other) => one.arrivedAtUs - other.arrivedAtUs);
        for (const second of [4_000, 4_001]) {
          const arrived = sorted.filter(({ arrivedAtUs }) => Math.floor(arrivedAtUs / SECOND) === second);
          for (const { arrivedAtUs, latencyUs } of arrived) recorder.record(arrivedAtUs - latencyUs, latencyUs);
          const parts = recorder.drain();
          expect(sumSparse(parts.map((part) => part.delivery))).toEqual(
            histogramOf(arrived.map((one) => one.latencyUs)),
          );
          for (const part of parts) {
            const due = arrived.filter(({ arrivedAtUs, latencyUs }) => {
              const dueSecond = Math.floor((arrivedAtUs - latencyUs) / SECOND);
              return Math.max(second - OLDEST_DUE, dueSecond) === part.second;
            });
            expect(part.delivery).toEqual(histogramOf(due.map(({ latencyUs }) => latencyUs)));
            expect(part.awaited).toBe(-due.length);
          }
          expect(parts.map((part) => part.second)).toEqual([...parts.map((part) => part.second)].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('come to nothing in a second in which nothing is told, and leave nothing behind for the next', () => {
    const recorder = new DueRecorder();
    expect(recorder.isEmpty).toBe(true);
    recorder.await(300_000, 7);
    recorder.record(300_000, 1_000);
    expect(recorder.isEmpty).toBe(false);
    expect(recorder.drain()).toMatchObject([{ second: 0, awaited: 6, delivery: { count: 1, maxUs: 1_000 } }]);
    expect(recorder.isEmpty).toBe(true);
    expect(recorder.drain()).toEqual([]);
    recorder.record(300_000, 1_900_000);
    expect(recorder.drain()).toMatchObject([{ second: 0, awaited: -1, delivery: { count: 1, maxUs: 1_900_000 } }]);
  });

  it('keep an event whose time was taken a moment before the second under way began', () => {
    const recorder = new DueRecorder(8);
    recorder.record(5_999_999, 2_000_000 - 3);
    expect(recorder.drain()).toEqual([{ second: 5, awaited: -1, delivery: histogramOf([1_999_997]) }]);
  });

  it('count a time that is none as odd, and nowhere else', () => {
    const recorder = new DueRecorder();
    recorder.record(500_000, -1);
    recorder.record(500_000, Number.NaN);
    expect(recorder.drain()).toMatchObject([{ second: 0, awaited: -2, delivery: { count: 0, oddValues: 2 } }]);
  });
});
