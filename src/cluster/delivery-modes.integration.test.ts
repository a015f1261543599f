import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DELIVERY_MODES, describeDeliveryModes } from '../testing/contracts/delivery-modes-contract.ts';
import { driveTarget } from '../testing/drive-target.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from './embedded/embedded-cluster.ts';

const SECOND = 1_000_000;

describe('the embedded cluster', () => {
  let cluster: EmbeddedCluster;
  beforeAll(async () => {
    cluster = await startEmbeddedCluster({ gateways: 2, workers: 1 });
  });
  afterAll(() => cluster?.stop());

  describeDeliveryModes('memory', DELIVERY_MODES, () => cluster.endpoints);
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
    const cluster = await startEmbeddedCluster({ gateways: 2, workers: 1, rateLimit });
    try {
      const protocol = { kind: 'reference', deliver: 'room', send } as const;
      const { ledger, limiter } = await driveTarget(cluster.endpoints, plan, protocol, rateLimit);
      const once = send === 'http' ? 56 : 28;
      expect(ledger).toMatchObject({
        sent: 200,
        acked: 28,
        rejected: 172,
        limited: 172,
        expected: once,
        once,
        lost: 0,
      });
      expect(limiter).toEqual({ admittedMax: 7, admitted: 28, allowed: 28 });
    } finally {
      await cluster.stop();
    }
  },
);
