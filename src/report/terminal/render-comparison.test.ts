import { expect, it } from 'vitest';
import { FAILED_COMPARISON } from '../../testing/series-fixtures.ts';
import { buildComparison } from '../json/build-comparison.ts';
import { comparisonSchema } from '../json/comparison-schema.ts';
import { displayWidth } from './display-width.ts';
import { renderComparison } from './render-comparison.ts';

it('tells a comparison in 80 columns, the verdict first', async () => {
  const text = renderComparison(FAILED_COMPARISON, false);
  await expect(text).toMatchFileSnapshot('./snapshots/comparison-fail.txt');
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

it('lets no control character of a label reach the terminal', () => {
  const text = renderComparison(
    { ...FAILED_COMPARISON, base: { ...FAILED_COMPARISON.base, label: '\u001b[2Jmain' } },
    false,
  );
  expect(text).not.toContain('\u001b');
});

it('as JSON is what its schema says, with endless values as words', () => {
  const written = JSON.parse(JSON.stringify(buildComparison(FAILED_COMPARISON)));
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
  expect(renderComparison({ ...FAILED_COMPARISON, verdict, confirmed: false }, false)).toContain(line);
});
