import { afterEach, expect, test } from 'vitest';
import { runPlan } from '../fleet/run-plan.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { splitPlan } from '../plan/split-plan.ts';
import { mergeReports, ZERO_REPORT } from '../record/merge-reports.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { Deliver, ReferenceSpec, SendWay } from '../scenario/protocol-spec.ts';
import type { RateLimitRequest } from '../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from './embedded-cluster.ts';

const SECOND = 1_000_000;

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

async function drive(plan: RunPlan, protocol: ReferenceSpec, rateLimit: RateLimitRequest | null): Promise<ShardReport> {
  cluster = await startEmbeddedCluster({ gateways: 2, workers: 1, ...(rateLimit === null ? {} : { rateLimit }) });
  const assignments = splitPlan(plan, 1).map((shard) => ({
    shard,
    protocol,
    endpoints: cluster.endpoints,
    spread: 'round-robin' as const,
    rateLimit,
    reconnect: null,
    sourceAddress: null,
    connectTimeoutUs: 10 * SECOND,
    deliveryTimeoutUs: 30 * SECOND,
    connectConcurrency: 50,
    precise: false,
  }));
  const { reports } = await runPlan(assignments, { onStart() {}, onInterval() {} }, new AbortController().signal);
  return reports.reduce(mergeReports, ZERO_REPORT);
}

const MODES: readonly (readonly [Deliver, SendWay, room: number, recipients: number])[] = [
  ['room', 'http', 3, 3],
  ['direct', 'websocket', 2, 1],
  ['direct', 'http', 2, 2],
  ['group', 'websocket', 4, 4],
  ['group', 'http', 4, 4],
  ['everyone', 'http', 12, 12],
  ['presence', 'websocket', 4, 3],
];

test.each(MODES)('%s by %s, in rooms of %i, reaches %i each, once', async (deliver, send, size, recipients) => {
  const plan = buildPlanFixture({
    population: populationFixture(12, size),
    load: loadFixture([holdRate(100, 1)]),
    phases: { warmupUs: 0, measureUs: SECOND, drainTimeoutUs: 20 * SECOND },
  });
  const { ledger, posts } = await drive(plan, { kind: 'reference', deliver, send }, null);
  const none = { skipped: 0, rejected: 0, lost: 0, duplicated: 0, misrouted: 0 };
  const acked = deliver === 'presence' ? 0 : 100;
  expect(ledger).toMatchObject({ sent: 100, acked, expected: 100 * recipients, once: 100 * recipients, ...none });
  // Requests of one user may overtake each other.
  if (send === 'websocket') expect(ledger.reordered).toBe(0);
  expect(posts?.latency.count ?? null).toBe(send === 'http' ? 100 : null);
});

test.each(['websocket', 'http'] as const)(
  'what a limiter refuses by %s is no loss, and what it admits is counted',
  async (send) => {
    const population = { ...populationFixture(4, 2), roomChoice: { kind: 'in-turn' as const } };
    const plan = buildPlanFixture({
      population,
      load: loadFixture([holdRate(200, 1)]),
      phases: { warmupUs: 0, measureUs: SECOND, drainTimeoutUs: 20 * SECOND },
    });
    // A window that no run of this length leaves: 7 of the 50 messages of each of the four users.
    const rateLimit = { kind: 'sliding', limit: 7, windowMs: 3_600_000 } as const;
    const { ledger, limiter } = await drive(plan, { kind: 'reference', deliver: 'room', send }, rateLimit);
    const once = send === 'http' ? 56 : 28;
    expect(ledger).toMatchObject({ sent: 200, acked: 28, rejected: 172, limited: 172, expected: once, once, lost: 0 });
    expect(limiter).toEqual({ admittedMax: 7, admitted: 28, allowed: 28 });
  },
);
