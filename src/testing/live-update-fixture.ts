import { zeroCounts } from '../record/ledger-counts.ts';
import type { LiveUpdate } from '../record/live-update.ts';

/** Twelve seconds into a healthy run of 33 s with 50 clients on two gateways. */
export const LIVE_UPDATE: LiveUpdate = {
  phase: 'measure',
  elapsedUs: 12_004_118,
  totalUs: 33_000_000,
  connected: 50,
  clients: 50,
  openedPerSecond: 0,
  offeredPerSecond: 1200,
  sentPerSecond: 1200,
  deliveredPerSecond: 1198,
  last: { p50Us: 3_310, p95Us: 7_934, p99Us: 14_200 },
  overall: { p50Us: 3_190, p95Us: 7_121, p99Us: 13_800 },
  inFlight: 5,
  sent: 14_400,
  delivered: 14_395,
  skipped: 0,
  ledger: {
    ...zeroCounts(),
    planned: 10_800,
    sent: 10_800,
    acked: 10_797,
    expected: 10_800,
    once: 10_795,
    duplicated: 2,
  },
  generatorCpuRatio: 0.34,
  latenessMaxUs: 1_120,
  queueDepth: 12,
  queueReady: 8,
  queueInFlight: 4,
  connections: [
    { endpoint: 'ws://127.0.0.1:41873/ws', opened: 25 },
    { endpoint: 'ws://127.0.0.1:38211/ws', opened: 25 },
  ],
  thresholds: [
    { expression: 'delivery.p95 < 170ms', actual: '7.12 ms', ok: true },
    { expression: 'ack.p95 < 1s', actual: null, ok: null },
  ],
  events: [],
  isPaused: false,
};
