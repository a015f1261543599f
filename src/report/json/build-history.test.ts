import { expect, it } from 'vitest';
import { buildHistory } from './build-history.ts';
import { historySchema } from './history-schema.ts';

it('writes runs over time as the published schema has it, endless figures included', () => {
  const run = { id: 'a', startedAt: '2026-01-01T00:00:00.000Z', verdict: 'fail' as const, trials: 3 };
  const changes = [{ index: 1, before: 0, after: Number.POSITIVE_INFINITY, ratio: Number.POSITIVE_INFINITY, p: 0.001 }];
  const values = [0, Number.POSITIVE_INFINITY, null];
  const history = buildHistory('burst on local', {
    runs: [run, run, run],
    series: [{ subject: 'delivery.p95', values, changes }],
  });
  expect(historySchema.parse(JSON.parse(JSON.stringify(history)))).toEqual(history);
  expect(history.series[0]).toMatchObject({
    values: [0, 'Infinity', null],
    changes: [{ before: 0, after: 'Infinity', ratio: 'Infinity' }],
  });
});
