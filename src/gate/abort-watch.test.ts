import { expect, it } from 'vitest';
import type { RawInterval } from '../record/interval-series.ts';
import { duePart, secondFixture } from '../testing/second-fixture.ts';
import { checkAbort, watchForAbort } from './abort-watch.ts';

const TIMETABLE = { warmupEndUs: 1_000_000, measureEndUs: 60_000_000, stages: [{ durationUs: 59_000_000 }] };
const TIMEOUTS = { deliveryUs: 5_000_000 };

/** A hundred messages are due, and arrive in the same second after this time; null: not in it. Nothing of warm-up is measured. */
function second(number: number, delayMs: number | null): RawInterval {
  const arrived = delayMs === null ? [] : Array.from({ length: 100 }, () => delayMs * 1000);
  const isMeasured = number >= 1 && number < 60;
  const due = isMeasured ? [duePart(number, arrived, 100 - arrived.length)] : [];
  return secondFixture(number, due, { offered: 100, sent: 100, delivered: arrived.length });
}

function watch(...expressions: readonly string[]) {
  return watchForAbort(
    expressions.map((expression) => ({ expression, afterUs: 0 })),
    TIMETABLE,
    TIMEOUTS,
  );
}

it('ends a run at the first second at which all that is known does not hold', () => {
  const watched = watch('delivery.p95 < 100ms');
  expect(watched.observe(second(0, 900), null)).toBeNull(); // warm-up
  expect(watched.observe(second(1, 10), null)).toBeNull();
  expect(watched.observe(second(2, 50), null)).toBeNull();
  expect(watched.observe(second(3, 500), null)).toEqual({
    expression: 'delivery.p95 < 100ms',
    actual: '500 ms',
    atUs: 4_000_000,
  });
});

it.each([
  [3, 4, '500 ms ± 3 ms'],
  [49, 4, '500 ms ± 49 ms'],
  // More than a tenth of it: nothing is known.
  [60, null, null],
])('ends no run for what the clocks of agents may have added: ± %d ms', (errorMs, atS, actual) => {
  const rules = [{ expression: 'delivery.p95 < 440ms', afterUs: 0 }];
  let asked = 0;
  const clocks = () => {
    asked++;
    return { clockErrorUs: errorMs * 1_000 };
  };
  const watched = watchForAbort(rules, TIMETABLE, TIMEOUTS, clocks);
  expect(watched.observe(second(1, 10), null)).toBeNull();
  expect(asked).toBe(0);
  expect(watched.observe(second(2, 430), null)).toBeNull();
  const end = watched.observe(second(3, 500), null);
  expect(end && [end.atUs / 1e6, end.actual]).toEqual(atS === null ? null : [atS, actual]);
});

it('does not end a run at a limit that lies within what the clocks leave open', () => {
  const rules = [{ expression: 'delivery.p95 < 490ms', afterUs: 0 }];
  const watched = watchForAbort(rules, TIMETABLE, TIMEOUTS, () => ({ clockErrorUs: 12_000 }));
  expect(watched.observe(second(3, 500), null)).toBeNull();
  expect(watched.observe(second(4, 700), null)).toMatchObject({ actual: expect.stringMatching(/^7\d\d ms ± 12 ms$/) });
});

it('is patient until the time that it was given has passed', () => {
  const patient = [{ expression: 'delivery.p95 < 100ms', afterUs: 3_000_000 }];
  const watched = watchForAbort(patient, TIMETABLE, TIMEOUTS);
  const told = [1, 2, 3, 4].map((number) => watched.observe(second(number, 500), null)?.atUs ?? null);
  expect(told).toEqual([null, null, 4_000_000, 5_000_000]);
});

it('ends a run in which nothing arrives, or whose queue only grows', () => {
  const silent = watch('delivery.p95 < 2s');
  const told = [1, 2, 3, 4].map((number) => silent.observe(second(number, null), null)?.actual ?? null);
  // What has not arrived may still, and has waited so long at least: the first hundred of 300 two seconds.
  expect(told).toEqual([null, null, '2,001 ms', '3,000 ms']);
  const queue = watch('queue.depth.max <= 100');
  expect(queue.observe(second(1, 10), 100)).toBeNull();
  expect(queue.observe(second(2, 10), 101)).toMatchObject({ actual: '101' });
  expect(queue.observe(second(3, 10), null)).toMatchObject({ actual: '101' });
});

it('ends no run for what is only under way, however little of it has arrived', () => {
  const rules = ['delivery.p50 < 1500ms', 'delivery.p99 < 1500ms for every 1s', 'delivery.max < 1500ms for every 2s'];
  const slow = watch(...rules);
  const told = Array.from({ length: 50 }, (_, number) => {
    // Each second's messages arrive in the next, 1.4 s after they were due.
    const arrived = duePart(
      number,
      Array.from({ length: 100 }, () => 1_400_000),
      -100,
    );
    return slow.observe(
      secondFixture(number + 1, [arrived, duePart(number + 1, [], 100)].slice(number === 0 ? 1 : 0)),
      null,
    );
  });
  expect(told.filter((abort) => abort !== null)).toEqual([]);
});

it('leaves what arrives in drain to the verdict, unless the rule is about drain', () => {
  const seconds = [second(58, 10), second(59, 10), second(60, 900)];
  const tell = (expression: string) => {
    const watched = watch(expression);
    return seconds.map((interval) => watched.observe(interval, null)?.atUs ?? null);
  };
  expect(tell('delivery.p99 < 100ms')).toEqual([null, null, null]);
  expect(tell('delivery.p99 < 100ms during measure')).toEqual([null, null, null]);
  expect(tell('delivery.p99 < 100ms for every 1s')).toEqual([null, null, null]);
  expect(tell('delivered.rate < 99 during drain')).toEqual([null, null, 61_000_000]);
  expect(tell('delivery.p99 < 5ms during measure')).toEqual([59_000_000, 60_000_000, null]);
});

it('ends nothing where there is no rule', () => {
  expect(watch().observe(second(1, 99_000), null)).toBeNull();
});

it.each([
  ['delivery.p95 < 1s', null],
  ['delivery.p95 < 1s for every 10s', null],
  ['delivered.rate >= 100/s', null],
  ['delvery.p95 < 1s', 'unknown metric "delvery.p95", did you mean "delivery.p95"?'],
  ['lost == 0', 'lost is known only at the end, so no run can be ended by it'],
  ['delivery.p95 > 1s', 'expected < or <= to end a run by delivery, got >'],
])('"%s" as a reason to end a run: %s', (expression, problem) => expect(checkAbort(expression)).toBe(problem));
