import { expect, it } from 'vitest';
import { JourneyRecorder, mergeJourneys } from './journey-recorder.ts';
import { percentileOf } from './percentile-of.ts';

/** Steps with these latencies, ms; null: it failed. */
function reportOf(steps: Readonly<Record<string, readonly (number | null)[]>>, failure = 'Error: no') {
  const recorder = new JourneyRecorder();
  for (const [name, latencies] of Object.entries(steps)) {
    for (const latency of latencies) {
      recorder.begin(name);
      if (latency === null) recorder.fail(name);
      else recorder.end(name, latency * 1000, 0);
    }
  }
  recorder.noteFailure(failure);
  return recorder.report();
}

it('steps of several shards are put together by their names, whoever has which', () => {
  const [one, other] = [reportOf({ b: [10, null], a: [5] }), reportOf({ c: [7], b: [30] }, 'Error: other')];
  const merged = mergeJourneys(one, other)!;
  expect(merged.steps.map(({ name, begun, failed, unfinished }) => [name, begun, failed, unfinished])).toEqual([
    ['a', 1, 0, 0],
    ['b', 3, 1, 0],
    ['c', 1, 0, 0],
  ]);
  expect(merged.steps[1]!.latency).toMatchObject({ count: 2, sumUs: 40_000 });
  expect(percentileOf(merged.steps[1]!.latency, 100) / 1000).toBeCloseTo(30, 1);
  expect(merged.failures).toEqual({ 'Error: no': 1, 'Error: other': 1 });
  expect(mergeJourneys(other, one)).toEqual(merged);
  expect(mergeJourneys(null, one)).toBe(one);
});
