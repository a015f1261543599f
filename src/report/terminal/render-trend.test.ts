import { expect, it } from 'vitest';
import type { Trend } from '../../gate/trend.ts';
import { displayWidth } from './display-width.ts';
import { drawSparkline } from './draw-sparkline.ts';
import { renderTrend } from './render-trend.ts';

const runs = Array.from({ length: 24 }, (_, index) => ({
  id: `2026-01-${index + 1}-burst`,
  startedAt: `2026-01-${String(index + 1).padStart(2, '0')}T13:05:00.000Z`,
  verdict: index === 5 ? ('invalid' as const) : index > 20 ? ('fail' as const) : ('pass' as const),
  trials: 1,
}));
const TREND: Trend = {
  runs,
  series: [
    {
      subject: 'delivery.p95',
      values: runs.map((_, index) => (index === 5 ? null : index < 12 ? 8_000 + index * 10 : 12_000)),
      changes: [{ index: 12, before: 8_050, after: 12_000, ratio: 1.49, p: 0.001 }],
    },
    { subject: 'lost', values: runs.map((_, index) => (index === 5 ? null : 0)), changes: [] },
    { subject: 'delivered.rate', values: runs.map(() => 1200), changes: [] },
  ],
};

it('tells runs over time in 80 columns', async () => {
  const text = renderTrend({ trend: TREND, title: 'burst on local', others: 2, page: 'trend.html' }, false);
  await expect(text).toMatchFileSnapshot('./snapshots/trend.txt');
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

it('wraps what names of runs and targets make too long', () => {
  const long = runs.map((run) => ({ ...run, id: '2026-11-22T13-05-41-throughput-latency-k3f9/trials/trial-04' }));
  const title = 'throughput-latency on wss://chat.staging.example.internal:8443/socket/v2/connect?tenant=a';
  const text = renderTrend({ trend: { ...TREND, runs: long }, title, others: 0, page: null }, false);
  const joined = text.replaceAll(/\n +/g, ' ');
  expect(joined).toContain('(p = 0.001, 2026-11-22T13-05-41-throughput-latency-k3f9/trials/trial-04)');
  expect(joined).toContain(`24 runs of ${title}`);
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

it('says so where nothing has changed', () => {
  const series = TREND.series.map((each) => ({ ...each, changes: [] }));
  expect(renderTrend({ trend: { runs, series }, title: 'x', others: 0, page: null }, false)).toContain(
    'No level has changed.',
  );
});

it('says what a repeat is, and what became endless', () => {
  const endless = Number.POSITIVE_INFINITY;
  const [first, ...others] = TREND.series;
  const changes = [{ index: 12, before: 8_050, after: endless, ratio: endless, p: 0.005 }];
  const trend = { runs: runs.map((run) => ({ ...run, trials: 5 })), series: [{ ...first!, changes }, ...others] };
  const text = renderTrend({ trend, title: 'x', others: 0, page: null }, false);
  expect(text).toContain('   a repeat is one run, with the medians of its trials\n');
  expect(text).toContain('▲ delivery.p95 to endless since');
});

it.each([
  [[1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇█'],
  [[5, 5, 5], '▄▄▄'],
  [[1, null, Number.POSITIVE_INFINITY], '▄ █'],
  [[], ''],
])('the sparkline of %j is %s', (values, line) => expect(drawSparkline(values, 40)).toBe(line));

it('a sparkline shows the last values where there are too many', () => {
  expect(drawSparkline([9, 9, 1, 8], 2)).toBe('▁█');
});
