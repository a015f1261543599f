import { expect, it } from 'vitest';
import { doubtClocks } from './doubt-clocks.ts';
import { outcomeOf, parseThreshold } from './threshold.ts';

function doubt(expression: string, valueMs: number, errorMs: number | null) {
  const parsed = parseThreshold(expression, []);
  if (!parsed.ok) throw new Error(parsed.problem);
  const figure = { value: valueMs * 1_000, span: null };
  const { actual } = outcomeOf(parsed.threshold, figure);
  return doubtClocks(parsed.threshold, figure, actual, errorMs === null ? {} : { clockErrorUs: errorMs * 1_000 });
}

it.each([
  ['delivery.p95 < 216ms', 212, 3, '212 ms ± 3 ms', null],
  [
    'delivery.p95 < 215ms',
    212,
    3,
    '212 ms ± 3 ms',
    'its limit lies within what the clocks of agents leave open, ± 3 ms',
  ],
  [
    'delivery.p95 < 210ms',
    212,
    3,
    '212 ms ± 3 ms',
    'its limit lies within what the clocks of agents leave open, ± 3 ms',
  ],
  ['delivery.p95 < 200ms', 212, 3, '212 ms ± 3 ms', null],
  [
    'fanoutLast.max < 9s',
    29,
    3,
    'not known (± 3 ms)',
    'the clocks of agents are known to ± 3 ms, more than a tenth of it',
  ],
  ['service.mean < 9s', 30, 3, '30 ms ± 3 ms', null],
])('%s at %d ms ± %d ms', (expression, valueMs, errorMs, actual, reason) => {
  expect(doubt(expression, valueMs, errorMs)).toEqual({ actual, reason });
});

it.each([
  ['delivery.p95 < 1s', 212, null],
  ['ack.p95 < 1s', 212, 3],
  ['lateness.p99 < 1s', 212, 3],
  ['delivery.p95 < 1s', Number.POSITIVE_INFINITY, 3],
])('leaves %s at %d ms alone', (expression, valueMs, errorMs) => {
  expect(doubt(expression, valueMs, errorMs)).toBeNull();
});

it('holds a threshold on two regions against what is known of their clocks', () => {
  const parsed = parseThreshold('delivery.p95 from tokyo to london < 300ms', []);
  if (!parsed.ok) throw new Error(parsed.problem);
  const figure = { value: 250_000, span: null };
  const judge = (clockErrorsUs: Record<string, number>) =>
    doubtClocks(parsed.threshold, figure, '250 ms', { clockErrorUs: 60_000, clockErrorsUs });
  expect(judge({ 'from=tokyo,to=london': 2_000 })).toEqual({ actual: '250 ms ± 2 ms', reason: null });
  expect(judge({ 'from=london,to=tokyo': 2_000 })).toMatchObject({ actual: 'not known (± 60 ms)' });
  // One agent has both: one clock.
  expect(judge({ 'from=tokyo,to=london': 0 })).toBeNull();
});

it('knows nothing of times after a clock was set', () => {
  expect(doubt('delivery.p95 < 1s', 212, -0.001)).toEqual({
    actual: 'not known',
    reason: 'a clock of an agent was set during the run',
  });
});
