import { expect, it } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { latencyRows } from './latency-rows.ts';

it('shows deliveries by gateway and by size of room where there is more than one kind', () => {
  const result = buildResultFixture();
  const breakdowns = {
    'gateway=same': encodeValues([1_000]),
    'gateway=cross': encodeValues([3_000, 4_000]),
    'roomSize=50': encodeValues([9_000]),
  };
  const rows = latencyRows({ ...result, samples: { ...result.samples, breakdowns } });
  expect(rows.slice(0, 4).map(({ name, values }) => [name, values?.count])).toEqual([
    ['delivery', result.samples.ledger.once],
    ['same gateway', 1],
    ['cross gateway', 2],
    ['rooms of 50', 1],
  ]);
});

it('labels every figure of a closed loop as a service time', () => {
  const result = buildResultFixture();
  const scenario = { ...result.scenario, load: { ...result.scenario.load, loop: 'closed' as const } };
  for (const { meaning } of latencyRows({ ...result, scenario }))
    expect(meaning).toContain('service time: closed loop');
  for (const { meaning } of latencyRows(result)) expect(meaning).not.toContain('service time');
});
