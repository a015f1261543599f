import fc from 'fast-check';
import { expect, it } from 'vitest';
import { referenceProtocol } from '../../protocol/adapters/reference.ts';
import { holdRate, loadFixture, populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { createVirtualChat } from '../../testing/virtual-chat.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { backOffUs } from './reconnect-clients.ts';

const MS = 1000;
const SECOND = 1_000_000;
const GATEWAYS = ['ws://gateway-1', 'ws://gateway-2'] as const;

const drop = fc.record({
  gateway: fc.constantFrom(...GATEWAYS),
  // Also while they join: such a first connect has failed, and nobody repeats it.
  atUs: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: SECOND }) },
    { weight: 1, arbitrary: fc.constant(0) },
  ),
  forUs: fc.integer({ min: 0, max: 600 * MS }),
});

it('nothing is lost and the ledger adds up, whichever gateways drop their clients and whichever pushes are swallowed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drop, { maxLength: 4 }),
      fc.integer({ min: 2, max: 40 }),
      fc.integer({ min: 0, max: 20 * MS }),
      fc.constantFrom('round-robin', 'least-connections', 'health', 'sticky-hash' as const),
      fc.nat({ max: 1000 }),
      async (drops, swallowsEvery, delayUs, spread, seed) => {
        const clock = new VirtualClock();
        const chat = createVirtualChat(clock, {
          delayUs,
          swallows: (message) => message % swallowsEvery === 1,
          breaksOn: (message) => message % 61 === 7,
        });
        for (const { gateway, atUs, forUs } of drops) clock.after(atUs, () => chat.drop(gateway, atUs + forUs));
        const report = await runShardOn(
          clock,
          chat.connector,
          {
            seed,
            spread,
            reconnect: { backoff: 'full-jitter', baseUs: 20 * MS, maxUs: 200 * MS },
            population: populationFixture(9, 3),
            load: loadFixture([holdRate(200, 1)]),
            phases: { warmupUs: 0, measureUs: SECOND, drainTimeoutUs: 30 * SECOND },
          },
          { protocol: referenceProtocol, endpoints: GATEWAYS, fetchText: chat.fetchText },
        );
        const { ledger, connections } = report;
        expect(ledger.planned).toBe(200);
        expect(ledger.planned).toBe(ledger.sent + ledger.unsendable);
        expect(ledger.skipped).toBe(0);
        expect(ledger.expected).toBe(2 * ledger.sent);
        expect(ledger.expected).toBe(ledger.once + ledger.lost);
        expect(ledger).toMatchObject({ misrouted: 0, duplicated: 0, reordered: 0 });
        if (connections.failed === 0) expect(ledger).toMatchObject({ unsendable: 0, lost: 0 });
        expect(ledger.recovered).toBeLessThanOrEqual(ledger.once);
        expect(ledger.held).toBeLessThanOrEqual(ledger.sent);
        // Who is dropped at the very end may still be away when the last delivery is in, and the run over.
        const isSettled = drops.every(({ atUs, forUs }) => atUs + forUs + 400 * MS <= report.drainEndUs);
        expect(connections.reconnected).toBeLessThanOrEqual(connections.dropped);
        if (isSettled) expect(connections.reconnected).toBe(connections.dropped);
        expect(report.histograms.delivery.count).toBe(ledger.once);
        expect(report.histograms.reconnect.count).toBe(connections.reconnected);
      },
    ),
    { numRuns: 25 },
  );
});

it('backs off by a uniform time below min(max, base · 2ⁿ)', () => {
  const policy = { backoff: 'full-jitter', baseUs: 100 * MS, maxUs: 5 * SECOND } as const;
  fc.assert(
    fc.property(
      fc.nat({ max: 2000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, unit) => {
        const us = backOffUs(policy, attempt, unit);
        expect(us).toBeGreaterThanOrEqual(0);
        expect(us).toBeLessThan(Math.min(policy.maxUs, policy.baseUs * 2 ** attempt));
      },
    ),
  );
  expect([0, 1, 2, 5, 6].map((attempt) => backOffUs(policy, attempt, 0.5))).toEqual(
    [50, 100, 200, 1_600, 2_500].map((ms) => ms * MS),
  );
});
