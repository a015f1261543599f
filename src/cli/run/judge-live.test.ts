import { expect, it } from 'vitest';
import { zeroConnections } from '../../record/connection-counts.ts';
import { Histogram } from '../../record/histogram.ts';
import { judgeLive } from './judge-live.ts';

const connections = [{ ...zeroConnections(), attempted: 4, opened: 3, failed: 1 }];

it('judges by what is known so far, and leaves open what only the end can tell', () => {
  const delivery = new Histogram();
  for (let ms = 1; ms <= 100; ms++) delivery.record(ms * 1000);
  const thresholds = [
    'delivery.p95 < 90ms',
    'delivery.p50 < 90ms',
    'connect.success == 100%',
    'queue.depth.max < 10',
    'skipped == 0',
    'lost == 0',
  ];
  const judged = judgeLive({ thresholds })({ delivery: delivery.snapshot(), skipped: 0, deepest: 7, connections });
  expect(judged.map(({ ok }) => ok)).toEqual([false, true, false, true, true, null]);
  expect(judged[0]?.actual).toBe('95.0 ms');
  expect(judged.at(-1)?.actual).toBeNull();
});

it('knows nothing of deliveries before the first', () => {
  const soFar = { delivery: new Histogram().snapshot(), skipped: 0, deepest: null, connections: [] };
  const thresholds = ['delivery.max < 1s', 'queue.depth.max < 10', 'connect.success == 100%', 'no threshold'];
  expect(judgeLive({ thresholds })(soFar).map(({ ok }) => ok)).toEqual([null, null, null, null]);
});
