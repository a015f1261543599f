import { expect, it } from 'vitest';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import { buildResultFixture, buildVerdictFixture, lossyLedger } from '../../testing/result-fixture.ts';
import { type BenchmarkEntry, renderBenchmark } from './render-benchmark.ts';

const result = buildResultFixture();

function entriesOf(text: string): Record<string, BenchmarkEntry> {
  const entries: BenchmarkEntry[] = JSON.parse(text);
  return Object.fromEntries(entries.map((entry) => [entry.name, entry]));
}

it('lists figures of which smaller is better, each with name, unit and value', () => {
  const entries = entriesOf(renderBenchmark(result, buildVerdictFixture()));
  const p95Us = summarizeHistogram(result.samples.histograms.delivery)?.p95Us ?? 0;
  expect(entries['burst: delivery p95']).toMatchObject({ unit: 'ms', value: p95Us / 1000 });
  expect(entries['burst: lost']).toMatchObject({ unit: 'deliveries', value: 0 });
  expect(entries['burst: queue peak']).toMatchObject({ unit: 'messages', value: 293 });
});

it('has no figure for a percentile among lost deliveries', () => {
  const samples = { ...result.samples, ledger: lossyLedger(412) };
  const entries = entriesOf(
    renderBenchmark({ ...result, samples }, buildVerdictFixture({ status: 'fail', exitCode: 4 })),
  );
  expect(entries['burst: delivery p99']).toBeUndefined();
  expect(entries['burst: delivery p95']?.value).toBeGreaterThan(
    (summarizeHistogram(result.samples.histograms.delivery)?.p95Us ?? 0) / 1000,
  );
  expect(entries['burst: lost']?.value).toBe(412);
});

it('keeps an invalid run out of the history', () => {
  expect(renderBenchmark(result, buildVerdictFixture({ status: 'invalid', exitCode: 5 }))).toBe('[]\n');
});
