import { HistogramLogReader, listTags } from 'hdr-histogram-js';
import { expect, it } from 'vitest';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import { buildResultFixture } from '../../testing/result-fixture.ts';
import { smallResult } from '../../testing/small-result.ts';
import { renderHlog } from './render-hlog.ts';

function readLog(log: string) {
  const reader = new HistogramLogReader(log, 64);
  const intervals = [];
  for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
    intervals.push({
      tag: String(next.tag),
      fromMs: next.startTimeStampMsec,
      toMs: next.endTimeStampMsec,
      count: next.totalCount,
      p99Us: next.getValueAtPercentile(99),
    });
  }
  return intervals;
}

it("is read back by HdrHistogram's own reader, second by second and metric by metric", () => {
  const result = buildResultFixture();
  const startMs = Date.parse(result.startedAt);
  const intervals = readLog(renderHlog(result));
  const seconds = intervals.filter(({ tag }) => tag === 'delivery');
  const measured = result.samples.intervals.filter(({ delivery }) => delivery !== '');
  expect(seconds.map(({ fromMs, toMs, count, p99Us }) => ({ fromMs, toMs, count, p99Us }))).toEqual(
    measured.map(({ second, delivery }) => {
      const summary = summarizeHistogram(delivery);
      return {
        fromMs: startMs + second * 1000,
        toMs: startMs + (second + 1) * 1000,
        count: summary?.count,
        p99Us: summary?.p99Us,
      };
    }),
  );
  expect(seconds.reduce((sum, { count }) => sum + count, 0)).toBe(36_000);
  expect(intervals.find(({ tag }) => tag === 'ack')).toMatchObject({ count: 36_000, fromMs: startMs + 3000 });
});

it('names the version of its format, and tags every metric', () => {
  const log = renderHlog(buildResultFixture());
  expect(log).toContain('#[Histogram log format version 1.3]\n');
  expect(listTags(log).sort()).toEqual([
    'ack',
    'connect',
    'connectService',
    'delivery',
    'fanoutFirst',
    'fanoutLast',
    'fanoutMedian',
    'lateness',
    'service',
  ]);
});

it('leaves out what was not recorded, and lets no label break a line', () => {
  const { samples } = smallResult();
  const breakdowns = { 'gateway=a,b\nTag=x': samples.histograms.ack };
  const histograms = { ...samples.histograms, connect: '' };
  const tags = listTags(renderHlog({ ...smallResult(), samples: { ...samples, histograms, breakdowns } }));
  expect(tags).not.toContain('connect');
  expect(tags).toContain('gateway=a_b_Tag=x');
});
