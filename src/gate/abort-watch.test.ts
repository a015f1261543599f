import { expect, it } from 'vitest';
import { Histogram } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { checkAbort, watchForAbort } from './abort-watch.ts';

const TIMETABLE = { warmupEndUs: 1_000_000, measureEndUs: 60_000_000, stages: [{ durationUs: 59_000_000 }] };

function second(number: number, delayMs: number | null): RawInterval {
  const histogram = new Histogram();
  if (delayMs !== null) for (let value = 0; value < 100; value++) histogram.record(delayMs * 1000);
  const delivered = delayMs === null ? 0 : 100;
  return {
    second: number,
    offered: 100,
    sent: 100,
    skipped: 0,
    delivered,
    inFlight: 100 - delivered,
    latenessMaxUs: 0,
    delivery: histogram.snapshot(),
    loopDelay: new Histogram().snapshot(),
  };
}

it('ends a run at the first second at which all that is known does not hold', () => {
  const watch = watchForAbort([{ expression: 'delivery.p95 < 100ms', afterUs: 0 }], TIMETABLE);
  expect(watch.observe(second(0, 900), null)).toBeNull(); // warm-up
  expect(watch.observe(second(1, 10), null)).toBeNull();
  expect(watch.observe(second(2, 50), null)).toBeNull();
  expect(watch.observe(second(3, 500), null)).toEqual({
    expression: 'delivery.p95 < 100ms',
    actual: '500 ms',
    atUs: 4_000_000,
  });
});

it('is patient until the time that it was given has passed', () => {
  const watch = watchForAbort([{ expression: 'delivery.p95 < 100ms', afterUs: 3_000_000 }], TIMETABLE);
  const told = [1, 2, 3, 4].map((number) => watch.observe(second(number, 500), null)?.atUs ?? null);
  expect(told).toEqual([null, null, 4_000_000, 5_000_000]);
});

it('ends a run in which nothing arrives, or whose queue only grows', () => {
  const silent = watchForAbort([{ expression: 'delivery.p95 < 1s', afterUs: 0 }], TIMETABLE);
  expect(silent.observe(second(1, null), null)).toMatchObject({ actual: '∞' });
  const queue = watchForAbort([{ expression: 'queue.depth.max <= 100', afterUs: 0 }], TIMETABLE);
  expect(queue.observe(second(1, 10), 100)).toBeNull();
  expect(queue.observe(second(2, 10), 101)).toMatchObject({ actual: '101' });
  expect(queue.observe(second(3, 10), null)).toMatchObject({ actual: '101' });
});

it('leaves what arrives in drain to the verdict, unless the rule is about drain', () => {
  const seconds = [second(58, 10), second(59, 10), second(60, 900)];
  const tell = (expression: string) => {
    const watch = watchForAbort([{ expression, afterUs: 0 }], TIMETABLE);
    return seconds.map((interval) => watch.observe(interval, null)?.atUs ?? null);
  };
  expect(tell('delivery.p99 < 100ms')).toEqual([null, null, null]);
  expect(tell('delivery.p99 < 100ms during measure')).toEqual([null, null, null]);
  expect(tell('delivery.p99 < 100ms for every 1s')).toEqual([null, null, null]);
  expect(tell('delivery.p99 < 100ms during drain')).toEqual([null, null, 61_000_000]);
  expect(tell('delivery.p99 < 5ms during measure')).toEqual([59_000_000, 60_000_000, null]);
});

it('ends nothing where there is no rule', () => {
  expect(watchForAbort([], TIMETABLE).observe(second(1, 99_000), null)).toBeNull();
});

it.each([
  ['delivery.p95 < 1s', null],
  ['delivery.p95 < 1s for every 10s', null],
  ['delivered.rate >= 100/s', null],
  ['delvery.p95 < 1s', 'unknown metric "delvery.p95", did you mean "delivery.p95"?'],
  ['lost == 0', 'lost is known only at the end, so no run can be ended by it'],
  ['delivery.p95 > 1s', 'expected < or <= to end a run by delivery, got >'],
])('"%s" as a reason to end a run: %s', (expression, problem) => expect(checkAbort(expression)).toBe(problem));
