import { expect, it } from 'vitest';
import { buildScenarioFixture } from '../testing/plan-fixture.ts';
import { measureEndUs } from './build-result.ts';

const SECOND = 1_000_000;
const scenario = buildScenarioFixture({
  phases: { warmupUs: 3 * SECOND, measureUs: 20 * SECOND, drainTimeoutUs: 10 * SECOND },
});
const aborted = { expression: 'delivery.p95 < 1s', actual: '2 s', atUs: 7 * SECOND };

it.each([
  ['that came through, with its plan', null, null, 23],
  ['that was interrupted, then', null, 8.25 * SECOND, 8.25],
  ['that was interrupted in warm-up, with no length', null, 1 * SECOND, 3],
  ['that was interrupted in drain, with its plan', null, 25 * SECOND, 23],
  ['that a threshold ended, with the second that it was judged by', aborted, 7.1 * SECOND, 7],
])('measure ends of a run %s', (_, ended, stoppedAtUs, seconds) => {
  expect(measureEndUs({ scenario, aborted: ended, stoppedAtUs })).toBe(seconds * SECOND);
});
