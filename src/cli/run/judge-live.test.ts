import { describe, expect, it } from 'vitest';
import { zeroConnections } from '../../record/connection-counts.ts';
import { Histogram } from '../../record/histogram.ts';
import { zeroCounts } from '../../record/ledger-counts.ts';
import { secondFixture } from '../../testing/second-fixture.ts';
import { judgeLive, NOTHING_KNOWN, type RunSoFar } from './judge-live.ts';

const connections = [{ ...zeroConnections(), attempted: 4, opened: 3, failed: 1 }];
const phases = { warmupUs: 1_000_000, measureUs: 9_000_000, drainTimeoutUs: 1_000_000 };
const stage = { fromPerSecond: 10, toPerSecond: 10 };
const load = {
  stages: [
    { ...stage, name: 'calm', durationUs: 3_000_000 },
    { ...stage, name: 'peak', durationUs: 6_000_000 },
  ],
} as unknown as Parameters<typeof judgeLive>[0]['load'];

function judge(...thresholds: readonly string[]) {
  return judgeLive({ thresholds, phases, load, timeouts: { connectUs: 1_000_000, deliveryUs: 5_000_000 } });
}

function after(second: number, sent: number, rest: Partial<RunSoFar> = {}): RunSoFar {
  const counts = { offered: 10, sent, skipped: 10 - sent, delivered: sent };
  return { ...NOTHING_KNOWN, interval: secondFixture(second, [], counts), ...rest };
}

describe('thresholds of a run under way', () => {
  it('are judged by what is known so far, and left open where only the end can tell', () => {
    const delivery = new Histogram();
    for (let ms = 1; ms <= 100; ms++) delivery.record(ms * 1000);
    const expressions = [
      'delivery.p95 < 90ms',
      'delivery.p50 < 90ms',
      'connect.success == 100%',
      'queue.depth.max < 10',
      'ack.p95 < 1s',
    ];
    const soFar = { ...after(1, 10, { queueDepth: 7 }), delivery: delivery.snapshot(), connections };
    const judged = judge(...expressions)(soFar);
    expect(judged.map(({ ok }) => ok)).toEqual([false, true, false, true, null]);
    expect(judged[0]?.actual).toBe('95 ms');
    expect(judged.at(-1)?.actual).toBeNull();
  });

  it('are open where the clocks of agents leave them so', () => {
    const delivery = new Histogram();
    for (let ms = 1; ms <= 100; ms++) delivery.record(ms * 1000);
    const thresholds = ['delivery.p95 < 99ms', 'delivery.p95 < 110ms', 'delivery.p95 < 80ms', 'delivery.p50 < 90ms'];
    const timeouts = { connectUs: 1_000_000, deliveryUs: 5_000_000 };
    const judged = judgeLive({ thresholds, phases, load, timeouts }, () => ({ clockErrorUs: 9_000 }));
    const soFar = { ...after(1, 10), delivery: delivery.snapshot() };
    expect(judged(soFar).map(({ ok, actual }) => `${actual} ${ok}`)).toEqual([
      '95 ms ± 9 ms null',
      '95 ms ± 9 ms true',
      '95 ms ± 9 ms false',
      'not known (± 9 ms) null',
    ]);
  });

  it('are open before there is anything to judge', () => {
    const expressions = ['delivery.max < 1s', 'queue.depth.max < 10', 'connect.success == 100%', 'lost == 0', 'none'];
    expect(judge(...expressions)(NOTHING_KNOWN).map(({ ok }) => ok)).toEqual([null, null, null, null, null]);
  });

  it('turn red by the counts of the ledger, each by those of its own phase', () => {
    const warmup = { ...zeroCounts(), planned: 10, sent: 9, skipped: 1, expected: 9, once: 9 };
    const measure = { ...zeroCounts(), planned: 20, sent: 20, expected: 20, once: 12, lost: 4 };
    const troubled = { ...measure, duplicated: 3, reordered: 2, misrouted: 1 };
    const judged = judge(
      'skipped == 0',
      'skipped == 0 during warm-up',
      'duplicated == 0',
      'reordered < 3',
      'misrouted == 0',
      'lost == 0',
    )(after(2, 10, { warmup, measure: troubled }));
    expect(judged.map(({ ok, actual }) => `${actual} ${ok}`)).toEqual([
      '0 true',
      '1 false',
      '3 false',
      '2 true',
      '1 false',
      '4 false',
    ]);
  });

  it('count an overdue delivery as endless', () => {
    const delivery = new Histogram();
    for (let ms = 1; ms <= 90; ms++) delivery.record(ms * 1000);
    const measure = { ...zeroCounts(), lost: 10 };
    const judged = judge(
      'delivery.p95 < 1s',
      'delivery.p50 < 1s',
    )({ ...after(2, 10), delivery: delivery.snapshot(), measure });
    expect(judged.map(({ ok }) => ok)).toEqual([false, true]);
  });

  it('turn red by the seconds that are known, rates and windows among them', () => {
    const follow = judge(
      'sent.rate > 8',
      'sent.rate > 8 during peak',
      'skipped == 0 during calm',
      'sent.rate > 5 for every 2s',
      'queue.depth.max < 5 during peak',
    );
    const sent = [0, 10, 10, 10, 2, 2, 10];
    const told = sent.map((count, second) =>
      follow(after(second, count, { queueDepth: second })).map(({ ok }) => (ok === null ? '·' : ok ? '✓' : '✗')),
    );
    expect(told.map((marks) => marks.join(''))).toEqual([
      '·····',
      '✓·✓··',
      '✓·✓✓·',
      '✓·✓✓·',
      '✗✗✓✓✓',
      '✗✗✓✗✗',
      '✗✗✓✗✗',
    ]);
  });
});
