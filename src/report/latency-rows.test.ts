import { describe, expect, it } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { type SmallResultParts, smallResult } from '../testing/small-result.ts';
import { fanoutRows, latencyRows } from './latency-rows.ts';

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

it('shows what never came as endless where nothing came at all, once, and as no data where nothing was expected', () => {
  const rowsOf = (parts: SmallResultParts) =>
    latencyRows(smallResult(parts)).map(({ name, values }) => [name, values?.p50Us ?? null]);
  const nothing = { delivery: [], service: [], ack: [] };
  const lost = { once: 0, lost: 100, acked: 0 };
  expect(rowsOf({ histograms: nothing, ledger: lost })).toEqual([
    ['delivery', Number.POSITIVE_INFINITY],
    ['ack', Number.POSITIVE_INFINITY],
    ['service', Number.POSITIVE_INFINITY],
    ['lateness', 1_000],
  ]);
  expect(rowsOf({ histograms: nothing, ledger: { acksExpected: 0, acked: 0 } }).slice(0, 2)).toEqual([
    ['delivery', null],
    ['ack', null],
  ]);
});

it('labels every figure of a closed loop as a service time', () => {
  const result = buildResultFixture();
  const population = { ...result.scenario.population, roomClasses: [{ size: 5, count: 10 }] };
  const samples = { ...result.samples, breakdowns: { 'roomSize=5': result.samples.histograms.delivery } };
  const open = { ...result, samples, scenario: { ...result.scenario, population } };
  const closed = { ...open, scenario: { ...open.scenario, load: { ...open.scenario.load, loop: 'closed' as const } } };
  expect(fanoutRows(closed)).toHaveLength(4);
  for (const { meaning } of [...latencyRows(closed), ...fanoutRows(closed)])
    expect(meaning).toContain('service time: closed loop');
  for (const { meaning } of [...latencyRows(open), ...fanoutRows(open)]) expect(meaning).not.toContain('service time');
});

describe('rooms over several agents', () => {
  it('have their times told with what the clocks leave open, and not at all where that is more than a tenth', () => {
    const known = latencyRows({ ...smallResult(), clockErrorUs: 1 });
    expect(known[0]).toMatchObject({ name: 'delivery', meaning: expect.stringContaining('± 0.001 ms') });
    expect(known[0]!.values).not.toBeNull();
    const { values } = latencyRows(smallResult())[0]!;
    const unknown = latencyRows({ ...smallResult(), clockErrorUs: Math.ceil(values!.p50Us / 9) });
    expect(unknown[0]).toMatchObject({ name: 'delivery', values: null, isUnknown: true });
    const lateness = ({ name }: { readonly name: string }) => name === 'lateness';
    expect(unknown.find(lateness)).toEqual(latencyRows(smallResult()).find(lateness));
    expect(latencyRows({ ...smallResult(), clockErrorUs: -1 })[0]).toMatchObject({ values: null, isUnknown: true });
  });
});
