import { expect, it } from 'vitest';
import { summarizeStep } from '../../experiment/summarize-step.ts';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { smallResult } from '../../testing/small-result.ts';
import { observedTable } from './observed-table.ts';
import { choosePalette } from './palette.ts';

const series = (name: string, most: number) => ({
  name,
  unit: 'number' as const,
  source: 'redis' as const,
  intervalMs: 1000,
  gaps: 0,
  trouble: null,
  atUs: [1_500_000, 2_500_000],
  values: [1, most],
});

function tableOf(columns: number, ...names: string[]): readonly string[] {
  const experiment = experimentFixture([stepFixture(1, 2), stepFixture(3, 4)]);
  const steps = experiment.steps.map((step, index) => {
    const observed = names.map((name) => series(name, 1_000 * (index + 1)));
    return { ...step, label: `step ${index}`, figures: summarizeStep(smallResult({ run: { observed } })) };
  });
  return observedTable({ ...experiment, steps }, choosePalette(false), columns);
}

it('has a column for each series and a line for each step', () => {
  const [head, first, second] = tableOf(80, 'lag', 'rows');
  expect(head?.split(/\s+/)).toEqual(['', 'Observed,', 'max', 'lag', 'rows']);
  expect(first).toContain('1,000  1,000');
  expect(second).toContain('2,000  2,000');
});

it('goes on below where columns do not fit', () => {
  const lines = tableOf(40, 'connections', 'messages', 'lag-of-all');
  expect(lines.filter((line) => line.includes('Observed, max')).length).toBeGreaterThan(1);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
});

it('is empty where nothing was observed', () => {
  expect(observedTable(experimentFixture([stepFixture(1, 2)]), choosePalette(false), 80)).toEqual([]);
});
