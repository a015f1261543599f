import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../result/run-result.ts';
import { encodeValues } from '../../testing/encode-values.ts';
import { buildResultFixture, buildVerdictFixture, lossyLedger } from '../../testing/result-fixture.ts';
import { buildSummary } from './build-summary.ts';
import { summarySchema } from './summary-schema.ts';

const FILE = 'reports/run/result.json';

function withSamples(change: Partial<RunResult['samples']>): RunResult {
  const result = buildResultFixture();
  return { ...result, samples: { ...result.samples, ...change } };
}

describe('buildSummary', () => {
  it('yields what its schema says, also after JSON', () => {
    const summary = buildSummary(buildResultFixture(), buildVerdictFixture(), FILE);
    expect(summarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
    expect(summary).toMatchObject({
      schema: 'chatbench.summary/1',
      verdict: 'pass',
      exitCode: 0,
      scenario: 'burst',
      loop: 'open',
      messages: { planned: 36_000, sent: 36_000, skipped: 0 },
      deliveries: { expected: 36_000, once: 36_000, lost: 0 },
      connections: { attempted: 50, opened: 50, failed: 0, successRatio: 1, perSecond: 402.2203 },
      resultFile: FILE,
    });
  });

  it('gives latencies in milliseconds with three decimals at most', () => {
    const histograms = { ...buildResultFixture().samples.histograms, ack: encodeValues([1500, 1501]) };
    const { ack } = buildSummary(withSamples({ histograms }), buildVerdictFixture(), FILE).latencyMs;
    expect(ack).toEqual({
      count: 2,
      mean: 1.501,
      p50: 1.5,
      p90: 1.501,
      p95: 1.501,
      p99: 1.501,
      p999: 1.501,
      max: 1.501,
    });
  });

  it('says null, never 0, where there is no data', () => {
    const result = buildResultFixture();
    const empty = Object.fromEntries(Object.keys(result.samples.histograms).map((name) => [name, '']));
    const summary = buildSummary(
      {
        ...result,
        phases: { warmupEndUs: 0, measureEndUs: 0, drainEndUs: 0 },
        queue: null,
        samples: {
          ...result.samples,
          histograms: empty as RunResult['samples']['histograms'],
          health: [],
          connections: { ...result.samples.connections, attempted: 0, opened: 0, openingUs: 0 },
        },
      },
      buildVerdictFixture({ status: 'invalid', exitCode: 5 }),
      FILE,
    );
    const nothing = { count: 0, mean: null, p50: null, p90: null, p95: null, p99: null, p999: null, max: null };
    expect(summary.latencyMs.delivery).toEqual(nothing);
    expect(summary.latencyMs.deliveryWithLost).toEqual(nothing);
    expect(summary.rates).toEqual({ sentPerSecond: null, deliveredPerSecond: null });
    expect(summary.connections).toMatchObject({ successRatio: null, perSecond: null });
    expect(summary.queue).toBeNull();
    expect(summary.generator).toEqual({ cpuRatio: null, memoryBytes: null });
    expect(summarySchema.parse(summary)).toEqual(summary);
  });

  it('puts lost deliveries at infinity beside the recorded percentiles', () => {
    const summary = buildSummary(withSamples({ ledger: lossyLedger(400) }), buildVerdictFixture(), FILE);
    const { delivery, deliveryWithLost } = summary.latencyMs;
    expect(deliveryWithLost).toMatchObject({ count: 36_400, p99: 'Infinity', p999: 'Infinity', max: 'Infinity' });
    expect(deliveryWithLost.p95).toBeGreaterThan(delivery.p95 ?? Number.NaN);
    expect(summarySchema.parse(summary)).toEqual(summary);
  });

  it('equals the recorded percentiles where nothing was lost', () => {
    const { delivery, deliveryWithLost } = buildSummary(buildResultFixture(), buildVerdictFixture(), FILE).latencyMs;
    expect(deliveryWithLost).toEqual(delivery);
  });

  it('counts rates over the whole seconds of measure, or over the shares of seconds where there is no whole one', () => {
    const empty = { delivery: '', due: '', loopDelay: '', lost: 0 };
    const interval = { offered: 0, sent: 0, skipped: 0, inFlight: 0, latenessMaxUs: 0, ...empty };
    const result = withSamples({
      ledger: { ...lossyLedger(0), sent: 150 },
      intervals: [100, 200, 999].map((delivered, second) => ({ ...interval, second, delivered })),
    });
    const ratesOf = (warmupEndUs: number, measureEndUs: number) => {
      const phases = { warmupEndUs, measureEndUs, drainEndUs: 3_000_000 };
      return buildSummary({ ...result, phases }, buildVerdictFixture(), FILE).rates;
    };
    expect(ratesOf(500_000, 2_000_000)).toEqual({ sentPerSecond: 100, deliveredPerSecond: 200 });
    // A third of what lies between comes from the first second, two thirds from the next.
    expect(ratesOf(750_000, 1_500_000)).toEqual({ sentPerSecond: 200, deliveredPerSecond: 166.6667 });
  });

  it('tells what was broken on purpose, and says nothing where nothing was', () => {
    const timeline = [
      { atUs: 4_000_500, kind: 'fault', text: 'pause redis for 1.00 s', fault: 0 },
      { atUs: 5_001_000, kind: 'fault-end', text: 'redis is as before', fault: 0 },
      { atUs: 6_000_000, kind: 'fault', text: 'kill kafka', fault: 1 },
      { atUs: 6_000_010, kind: 'fault-failed', text: 'kill kafka: no such component', fault: 1 },
    ];
    const summary = buildSummary(buildResultFixture({ timeline }), buildVerdictFixture(), FILE);
    expect(summary.faults).toEqual([
      { atMs: 4000.5, fault: 'pause redis for 1.00 s', endMs: 5001, failure: null },
      { atMs: 6000, fault: 'kill kafka', endMs: null, failure: 'no such component' },
    ]);
    expect(summarySchema.parse(summary)).toEqual(summary);
    expect(buildSummary(buildResultFixture(), buildVerdictFixture(), FILE)).not.toHaveProperty('faults');
  });

  it('reads peak depth and drain off the queue series, warm-up left out', () => {
    const queue = {
      source: 'amqp' as const,
      intervalMs: 100,
      gaps: 1,
      atUs: [0, 1_000_000, 2_000_000, 2_100_000, 2_200_000],
      ready: [900, 40, 30, 2, 0],
      inFlight: [0, 8, null, 0, 0],
    };
    const phases = { warmupEndUs: 500_000, measureEndUs: 2_000_000, drainEndUs: 2_200_000 };
    const result = { ...buildResultFixture(), phases, queue };
    expect(buildSummary(result, buildVerdictFixture(), FILE).queue).toEqual({
      source: 'amqp',
      intervalMs: 100,
      samples: 5,
      gaps: 1,
      maxDepth: 48,
      drainMs: 200,
    });
    const neverEmpty = { ...queue, ready: [0, 0, 0, 0, 7] };
    expect(buildSummary({ ...result, queue: neverEmpty }, buildVerdictFixture(), FILE).queue?.drainMs).toBeNull();
    const alwaysEmpty = { ...queue, ready: [0, 0, 0, 0, 0], inFlight: [0, 0, 0, 0, 0] };
    expect(buildSummary({ ...result, queue: alwaysEmpty }, buildVerdictFixture(), FILE).queue).toMatchObject({
      maxDepth: 0,
      drainMs: 0,
    });
  });
});

it('tells by how much times between agents may be off, where they have several clocks', () => {
  const summaryOf = (clockErrorUs: number) =>
    buildSummary({ ...buildResultFixture(), clockErrorUs }, buildVerdictFixture(), FILE);
  expect(summaryOf(2_500).clockErrorMs).toBe(2.5);
  expect(summaryOf(-1).clockErrorMs).toBeNull();
  const { delivery, ack } = summaryOf(-1).latencyMs;
  expect([delivery.count > 0, delivery.p50, delivery.mean, ack.p50 !== null]).toEqual([true, null, null, true]);
  const { p50, max } = buildSummary(buildResultFixture(), buildVerdictFixture(), FILE).latencyMs.delivery;
  // More than a tenth of the one, and less of the other.
  const between = summaryOf(Math.round((p50! * 1_000 + max! * 1_000) / 20)).latencyMs.delivery;
  expect([between.p50, between.max]).toEqual([null, max]);
  expect(buildSummary(buildResultFixture(), buildVerdictFixture(), FILE)).not.toHaveProperty('clockErrorMs');
});

it('tells the times between regions of agents, each with its own error, and how far apart the agents started', () => {
  const result = buildResultFixture();
  const breakdowns = { 'from=a,to=b': encodeValues([30_000]), 'from=b,to=a': encodeValues([50_000]) };
  const summary = buildSummary(
    {
      ...result,
      samples: { ...result.samples, breakdowns },
      clockErrorUs: 9_000,
      clockErrorsUs: { 'from=a,to=b': 2_000, 'from=b,to=a': 9_000 },
      startSpreadUs: 1_250,
    },
    buildVerdictFixture(),
    FILE,
  );
  expect(summary.startSpreadMs).toBe(1.25);
  expect(Object.values(summary.breakdowns).map(({ p50 }) => p50 && Math.round(p50))).toEqual([30, null]);
  expect(
    summary.regions?.map(({ from, clockErrorMs, bothWaysMeanMs }) => [from, clockErrorMs, Math.round(bothWaysMeanMs!)]),
  ).toEqual([
    ['a', 2, 40],
    ['b', 9, 40],
  ]);
});
