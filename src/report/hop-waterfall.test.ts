import { expect, it } from 'vitest';
import { encodeValues } from '../record/encode-values.ts';
import { summarizeHistogram } from '../record/histogram-summary.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { hopWaterfalls } from './hop-waterfall.ts';

const result = buildResultFixture();

it('lays the hops of each way behind each other, so that they add up to the mean latency', () => {
  const [delivery, ack] = hopWaterfalls(result);
  expect([delivery?.way, ack?.way]).toEqual(['delivery', 'ack']);
  const last = delivery?.hops.at(-1);
  expect((last?.startUs ?? 0) + (last?.meanUs ?? 0)).toBeCloseTo(delivery?.totalUs ?? 0, 3);
  const meanUs = summarizeHistogram(result.samples.histograms.delivery)?.meanUs ?? 0;
  expect(Math.abs((delivery?.totalUs ?? 0) - meanUs) / meanUs).toBeLessThan(0.01);
  expect(delivery?.hops.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
});

it('names the hop that takes most of the time', () => {
  const hops = [
    { name: 'gateway', way: 'delivery' as const, histogram: encodeValues([1000]) },
    { name: 'queue', way: 'delivery' as const, histogram: encodeValues([8000]) },
    { name: 'worker', way: 'delivery' as const, histogram: encodeValues([2000]) },
  ];
  expect(hopWaterfalls({ ...result, samples: { ...result.samples, hops } })).toMatchObject([
    { slowest: 'queue', hops: [{ startUs: 0 }, { startUs: 1000 }, { startUs: expect.closeTo(9000, -2) }] },
  ]);
});

it('is absent where messages carried no stamps', () => {
  expect(hopWaterfalls({ ...result, samples: { ...result.samples, hops: [] } })).toEqual([]);
});
