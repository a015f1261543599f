import { expect, it } from 'vitest';
import type { Comparison } from '../../gate/compare/comparison.ts';
import { buildComparison } from '../json/build-comparison.ts';
import { comparisonSchema } from '../json/comparison-schema.ts';
import { displayWidth } from './display-width.ts';
import { renderComparison } from './render-comparison.ts';

const FAILED: Comparison = {
  verdict: 'fail',
  exitCode: 4,
  reasons: ['delivery.p95 is worse: 42.0 ms → ∞, endless (+∞), p = 0.0119, tolerance 15%'],
  base: { label: 'main', runs: 5, invalid: [] },
  head: { label: 'reports/after', runs: 5, invalid: [] },
  alpha: 0.0125,
  floorUs: 1000,
  times: [
    {
      subject: 'delivery.p50',
      tolerance: 0.1,
      base: { median: 21_000, least: 20_000, most: 22_000 },
      head: { median: 21_500, least: 20_000, most: 23_000 },
      ratio: 1.02,
      ratioInterval: [0.96, 1.08],
      differenceUs: 500,
      p: 0.3,
      adjustedP: 0.3,
      regressed: false,
      detectableRatio: 1.18,
    },
    {
      subject: 'delivery.p95',
      tolerance: 0.15,
      base: { median: 42_000, least: 40_000, most: 44_000 },
      head: { median: Number.POSITIVE_INFINITY, least: 90_000, most: Number.POSITIVE_INFINITY },
      ratio: Number.POSITIVE_INFINITY,
      ratioInterval: [2.1, Number.POSITIVE_INFINITY],
      differenceUs: Number.POSITIVE_INFINITY,
      p: 1 / 252,
      adjustedP: 2 / 252,
      regressed: true,
      detectableRatio: null,
    },
  ],
  counts: [
    { name: 'lost', base: 0, head: 412, p: null, adjustedP: null, regressed: true },
    { name: 'duplicated', base: 0, head: 0, p: null, adjustedP: null, regressed: false },
  ],
  differences: ['chatbench: 0.1.0 ≠ 0.2.0'],
  confirmed: true,
};

it('tells a comparison in 80 columns, the verdict first', async () => {
  const text = renderComparison(FAILED, false);
  await expect(text).toMatchFileSnapshot('./snapshots/comparison-fail.txt');
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

it('lets no control character of a label reach the terminal', () => {
  const text = renderComparison({ ...FAILED, base: { ...FAILED.base, label: '\u001b[2Jmain' } }, false);
  expect(text).not.toContain('\u001b');
});

it('as JSON is what its schema says, with endless values as words', () => {
  const written = JSON.parse(JSON.stringify(buildComparison(FAILED)));
  expect(comparisonSchema.parse(written)).toMatchObject({
    schema: 'chatbench.comparison/1',
    floorMs: 1,
    times: [
      { baseMs: { median: 21 }, ratio: 1.02, differenceMs: 0.5 },
      { headMs: { median: 'Infinity', least: 90 }, ratio: 'Infinity', differenceMs: 'Infinity' },
    ],
  });
});

it.each([
  ['pass', 'Measured again, and not there again: no regression.'],
  ['fail', 'Measured again, and not there again: but a count'],
  ['inconclusive', 'Measured again, and not there again: but something else was.'],
] as const)('of what was not there again it says what follows: %s', (verdict, line) => {
  expect(renderComparison({ ...FAILED, verdict, confirmed: false }, false)).toContain(line);
});
