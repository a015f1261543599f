import { expect, it } from 'vitest';
import { parsePercentile } from './percentile.ts';

it.each([
  ['p50', 50],
  ['p5', 5],
  ['p75', 75],
  ['p0.1', 0.1],
  ['p99', 99],
  ['p99.9', 99.9],
  ['p999', 99.9],
  ['p9999', 99.99],
  ['p99.999', 99.999],
  ['p995', 99.5],
])('%s is %d %% of all values', (written, percentile) => expect(parsePercentile(written)).toBe(percentile));

it.each(['p0', 'p0.0', 'p100', 'p501', 'p', 'p-1', 'p1e1', '99', 'p99.', 'p.9', 'P99', 'p99.1234567', 'max', ''])(
  '%s is none',
  (written) => expect(parsePercentile(written)).toBeNull(),
);
