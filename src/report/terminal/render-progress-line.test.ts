import { expect, it } from 'vitest';
import type { LiveUpdate } from '../../record/live-update.ts';
import { renderProgressLine } from './render-progress-line.ts';

const update: LiveUpdate = {
  phase: 'measure',
  elapsedUs: 12_004_118,
  totalUs: 33_000_000,
  connected: 50,
  clients: 50,
  offeredPerSecond: 1200,
  sentPerSecond: 1200,
  deliveredPerSecond: 1198,
  last: { p50Us: 3_310, p95Us: 7_934, p99Us: 14_200 },
  overall: { p50Us: 3_310, p95Us: 7_934, p99Us: 14_200 },
  inFlight: 5,
  sent: 14_400,
  delivered: 14_395,
  queueDepth: 12,
};

it('says where the run is, how fast it goes and how long recipients wait', () => {
  expect(renderProgressLine(update)).toBe(
    'measure 12 s of 33 s  1,200/s sent, 1,198/s delivered, p95 7.93 ms, queue 12',
  );
});

it('counts connections while connecting and outstanding deliveries while draining', () => {
  expect(renderProgressLine({ ...update, phase: 'connect', connected: 31 })).toBe('connect  31 of 50 connected');
  expect(renderProgressLine({ ...update, phase: 'drain', queueDepth: null })).toBe('drain  5 still to be delivered');
});

it('leaves out what is not known', () => {
  const line = renderProgressLine({ ...update, phase: 'warm-up', elapsedUs: 400_000, last: null, queueDepth: null });
  expect(line).toBe('warm-up 0 s of 33 s  1,200/s sent, 1,198/s delivered');
});
