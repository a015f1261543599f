import { expect, it } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { judge } from './judge.ts';
import { checkThreshold } from './threshold.ts';

function outcomesOf(...thresholds: readonly string[]) {
  const result = buildResultFixture();
  const own = { measured: '', without: '' };
  const step = {
    name: 'open-room',
    begun: 11,
    failed: 1,
    unfinished: 0,
    latency: encodeValues([...new Array(9).fill(100_000), 300_000]),
    own,
  };
  const samples = { ...result.samples, journey: { steps: [step], failures: {} } };
  const verdict = judge({ ...result, samples }, thresholds);
  return verdict.thresholds.map(({ actual, ok }) => [actual, ok]);
}

it('a step of a journey is judged by its own latencies, failed ones being endless', () => {
  expect(outcomesOf('step.open-room.p50 < 200ms', 'step.open-room.max < 1s', 'step.open-room.failed == 0')).toEqual([
    ['100 ms', true],
    ['∞', false],
    ['1', false],
  ]);
  expect(outcomesOf('step.other.p50 < 200ms')).toEqual([['no data', false]]);
});

it.each([
  ['step.open-room.p95 < 200ms', null],
  ['step.open-room.failed <= 3', null],
  ['step.open-room < 1s', 'step.open-room needs a statistic'],
  ['step.open-room.p0 < 1s', 'unknown statistic "p0" of step.open-room'],
  ['step.open-room.failed < 1s', 'step.open-room.failed is a count'],
  ['step. < 1s', 'unknown metric "step."'],
])('%s: %s', (expression, problem) => {
  const told = checkThreshold(expression);
  if (problem === null) expect(told).toBeNull();
  else expect(told).toContain(problem);
});
