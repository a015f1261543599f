import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram, type SparseHistogram } from '../../record/histogram.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import { ZERO_REPORT } from '../../record/merge-reports.ts';
import { mapMetrics } from '../../record/metric-names.ts';
import type { ShardReport } from '../../record/shard-report.ts';
import { writeSparse } from '../../record/sparse-text.ts';
import { BentBody, decodeBody, encodeBody } from './body-codec.ts';
import { readForeignHistogram } from './foreign-histogram.ts';
import { hello, parcelFromAgent } from './messages.ts';
import { readInterval, readReport, reportBody, writeInterval, writeReport } from './report-body.ts';

const histograms = fc.array(fc.integer({ min: -5, max: 4_000_000_000 }), { maxLength: 200 }).map((values) => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.snapshot();
});

const reports: fc.Arbitrary<ShardReport> = fc
  .record({ one: histograms, other: histograms, third: histograms, sent: fc.nat() })
  .map(({ one, other, third, sent }) => ({
    ...ZERO_REPORT,
    histograms: mapMetrics((name) => (name === 'delivery' ? one : other)),
    own: { delivery: { measured: third, without: one } },
    breakdowns: { 'gateway=same': third, 'gateway=cross': one },
    hops: [{ name: 'queue', way: 'delivery', histogram: other }],
    posts: { latency: third, perSecond: [[3, 4]] },
    traffic: [
      {
        kind: 'typing',
        planned: 1,
        sent: 1,
        failed: 0,
        received: null,
        latency: null,
        lateness: other,
        own: { measured: one, without: third },
      },
    ],
    ledger: { ...ZERO_REPORT.ledger, sent },
    intervals: [intervalOf(third)],
    drainEndUs: 12,
  }));

function intervalOf(delivery: SparseHistogram): RawInterval {
  const counts = { second: 7, offered: 1, sent: 1, skipped: 0, delivered: 1, inFlight: 0, latenessMaxUs: 0 };
  return { ...counts, delivery, loopDelay: delivery, due: [{ second: 6, awaited: -1, delivery }] };
}

describe('a report', () => {
  it('arrives as it was sent, to the last count of every histogram', () => {
    fc.assert(
      fc.property(reports, (report) => {
        const body = encodeBody(writeReport(report));
        expect(readReport(decodeBody(reportBody, body))).toEqual(report);
      }),
      { numRuns: 100 },
    );
  });

  it('takes a few kilobytes with a thousand buckets', () => {
    const wide = new Histogram();
    for (let us = 100; us < 1e7; us *= 1.005) wide.record(Math.round(us));
    const body = encodeBody(writeInterval(intervalOf(wide.snapshot())));
    expect(body.length).toBeLessThan(5_000);
  });
});

describe('a histogram of somebody else', () => {
  it('is read as it was recorded', () => {
    fc.assert(
      fc.property(histograms, (sparse) => {
        expect(readForeignHistogram(writeSparse(sparse))).toEqual(sparse);
      }),
    );
  });

  const sound: SparseHistogram = { pairs: Float64Array.of(10, 2, 30, 1), count: 3, sumUs: 50, maxUs: 30, oddValues: 0 };

  it.each<[string, Partial<SparseHistogram>]>([
    ['counts more than its buckets hold', { count: 4 }],
    ['has a bucket without values', { pairs: Float64Array.of(10, 3, 30, 0) }],
    ['has a bucket beyond the last', { pairs: Float64Array.of(10, 2, 1_000_000, 1) }],
    ['has the same bucket twice', { pairs: Float64Array.of(30, 2, 30, 1), sumUs: 90 }],
    ['has its largest value elsewhere', { maxUs: 10 }],
    ['has a largest value beyond the range', { maxUs: 3_600_000_001 }],
    ['has a sum that is too small', { sumUs: 49 }],
    ['has a sum that is too large', { sumUs: 54 }],
    ['has numbers that no count can be', { oddValues: 2 ** 60 }],
  ])('is refused where it %s', (_, bent) => {
    expect(readForeignHistogram(writeSparse(sound))).toEqual(sound);
    expect(() => readForeignHistogram(writeSparse({ ...sound, ...bent }))).toThrow();
  });

  it('is refused where its text is bent, unless nothing of it changed', () => {
    const text = writeSparse(sound);
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.string({ maxLength: 3 }), (at, put) => {
        const bent = text.slice(0, at) + put + text.slice(at + 1);
        try {
          const read = readForeignHistogram(bent);
          // What is read all the same is a histogram that could have been recorded.
          expect(read.pairs.filter((_, i) => i % 2 === 1).reduce((sum, values) => sum + values, 0)).toBe(read.count);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(is|has) /);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is named in one line where it comes within a report', () => {
    const body = writeInterval(intervalOf(sound));
    expect(() => readInterval({ ...body, delivery: writeSparse({ ...sound, count: 9 }) })).toThrow(
      'histogram "delivery" has 3 values in its buckets, and 9 in all',
    );
  });
});

describe('a body', () => {
  it.each<[string, Uint8Array, string]>([
    ['is empty', new Uint8Array(), '0 bytes begin as no message does'],
    ['is no JSON', Buffer.from('j{"a":'), '6 bytes are no JSON'],
    ['is not deflated', Buffer.from('zzzz'), '4 bytes are no JSON'],
    ['has another form', encodeBody({ protocol: 1 }), 'version: Invalid input'],
    ['unfolds into more than any message', bomb(), 'bytes are no JSON'],
    ['says more than it should', encodeBody({ seq: 0, ack: 0, message: { type: 'beat', more: 1 } }), 'more'],
  ])('is refused in one line where it %s', (name, body, reason) => {
    const schema = name.startsWith('says') ? parcelFromAgent : hello;
    expect(() => decodeBody(schema, body)).toThrow(BentBody);
    expect(() => decodeBody(schema, body)).toThrow(reason);
    try {
      decodeBody(schema, body);
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });
});

/** A hundred megabytes of zeros in a hundred kilobytes. */
function bomb(): Uint8Array {
  return Buffer.concat([Buffer.from('z'), deflateRawSync(Buffer.alloc(100 * 1024 * 1024))]);
}
