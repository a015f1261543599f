import { afterEach, beforeEach, expect, test } from 'vitest';
import { runPlan } from '../fleet/run-plan.ts';
import { PRIVATE_ONLY } from '../host-rules.ts';
import { splitPlan } from '../plan/split-plan.ts';
import { mergeReports, ZERO_REPORT } from '../record/merge-reports.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { openTcpProxy, type TcpProxy } from '../testing/tcp-proxy.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from './embedded/embedded-cluster.ts';

const SECOND = 1_000_000;

let cluster: EmbeddedCluster;
/** Between the clients and each gateway. */
let proxies: readonly TcpProxy[];

beforeEach(async () => {
  cluster = await startEmbeddedCluster({ gateways: 2, workers: 1 });
  proxies = await Promise.all(cluster.endpoints.map((endpoint) => openTcpProxy(Number(new URL(endpoint).port))));
});

afterEach(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await cluster.stop();
});

test('clients whose connections break three times come back, and lose, skip and reorder nothing', async () => {
  const plan = buildPlanFixture({
    protocol: 'reference',
    population: populationFixture(60, 3),
    load: loadFixture([holdRate(400, 4)]),
    phases: { warmupUs: 0, measureUs: 4 * SECOND, drainTimeoutUs: 10 * SECOND },
  });
  const assignments = splitPlan(plan, 1).map((shard) => ({
    shard,
    protocol: 'reference' as const,
    endpoints: proxies.map(({ port }) => `ws://127.0.0.1:${port}/ws`),
    hosts: PRIVATE_ONLY,
    spread: 'least-connections' as const,
    rateLimit: null,
    reconnect: { backoff: 'full-jitter', baseUs: 50_000, maxUs: SECOND } as const,
    sourceAddress: null,
    connectTimeoutUs: 2 * SECOND,
    deliveryTimeoutUs: 5 * SECOND,
    connectConcurrency: 50,
    precise: false,
  }));
  const broken: number[] = [];
  const outcome = await runPlan(
    assignments,
    {
      onStart() {},
      onInterval: (_, { second }) => void (second < 3 && broken.push(proxies[second % 2]!.breakAll())),
    },
    new AbortController().signal,
  );
  const { ledger, connections, histograms } = outcome.reports.reduce(mergeReports, ZERO_REPORT);
  expect(broken).toHaveLength(3);
  expect(connections.perEndpoint).toEqual(Object.fromEntries(assignments[0]!.endpoints.map((url) => [url, 30])));
  expect(connections.dropped).toBeGreaterThanOrEqual(60);
  expect(connections.reconnected).toBe(connections.dropped);
  expect(histograms.reconnect.count).toBe(connections.dropped);
  expect(ledger).toMatchObject({
    planned: 1_600,
    sent: 1_600,
    skipped: 0,
    once: 3_200,
    lost: 0,
    misrouted: 0,
    reordered: 0,
  });
  expect(ledger.recovered).toBeGreaterThan(0);
  expect(ledger.held).toBeGreaterThan(0);
});
