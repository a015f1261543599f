import { expect, it } from 'vitest';
import { bracketFew, LATENCY_COLUMNS } from './latency-columns.ts';

it.each([
  [1, ['(p50)', '(p90)', '(p95)', '(p99)', '(p99.9)', 'max']],
  [12, ['p50', 'p90', '(p95)', '(p99)', '(p99.9)', 'max']],
  [999, ['p50', 'p90', 'p95', 'p99', '(p99.9)', 'max']],
  [1_000, ['p50', 'p90', 'p95', 'p99', 'p99.9', 'max']],
] as const)('of %i values, percentiles that take more stand in brackets', (count, shown) => {
  expect(LATENCY_COLUMNS.map(([title]) => bracketFew(title, title, count))).toEqual(shown);
});

it('what is endless is so of any number', () => expect(bracketFew('∞', 'p99', 3)).toBe('∞'));
