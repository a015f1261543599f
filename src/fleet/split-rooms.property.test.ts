import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPlan } from '../plan/split-plan.ts';
import { METRIC_NAMES } from '../record/metric-names.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture } from '../testing/plan-fixture.ts';
import { runSharedRooms } from '../testing/run-shared-rooms.ts';
import { drawScript } from '../testing/virtual-rooms.ts';

const SECOND = 1_000_000;
const MS = 1_000;

const population = fc
  .record({
    roomClasses: fc.array(fc.record({ size: fc.integer({ min: 2, max: 14 }), count: fc.integer({ min: 1, max: 3 }) }), {
      minLength: 1,
      maxLength: 2,
    }),
    senderShare: fc.constantFrom(1, 0.4, 0.01),
  })
  .map(({ roomClasses, senderShare }) => ({
    clients: roomClasses.reduce((sum, { size, count }) => sum + size * count, 0),
    roomClasses,
    roomChoice: { kind: 'uniform' } as const,
    senderShare,
    connectPerSecond: null,
  }));

const scenario = fc
  .record({
    seed: fc.nat(),
    population,
    perSecond: fc.integer({ min: 3, max: 60 }),
    warmupUs: fc.constantFrom(0, 300 * MS),
    process: fc.constantFrom('constant' as const, 'poisson' as const),
  })
  .map(
    ({ perSecond, warmupUs, process, ...rest }): Partial<Scenario> => ({
      ...rest,
      load: loadFixture([holdRate(perSecond, 2)], { process }),
      phases: { warmupUs, measureUs: 2 * SECOND, drainTimeoutUs: 2 * SECOND },
    }),
  );

/** What the server does with each message and recipient: the same, whatever shards they are in. */
const script = fc.record({
  seed: fc.nat(),
  loses: fc.constantFrom(0, 0.05, 0.3),
  repeats: fc.constantFrom(0, 0.1),
  leaks: fc.constantFrom(0, 0.1),
  limits: fc.constantFrom(0, 0.1),
  breaks: fc.constantFrom(0, 0, 0.2),
  slowestUs: fc.constantFrom(3 * MS, 40 * MS, 1_400 * MS),
  senderReceives: fc.boolean(),
  acknowledges: fc.boolean(),
});

describe('rooms that are split over shards', () => {
  it('are measured as in one: audit, every histogram and every second are the same, whatever the server does', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, script, fc.integer({ min: 2, max: 5 }), async (overrides, drawn, wanted) => {
        const plan = buildPlanFixture(overrides);
        const shards = splitPlan(plan, Math.min(wanted, plan.clients), 3);
        fc.pre(shards[0]!.splitAbove !== undefined);
        const options = { deliveryTimeoutUs: SECOND };
        const whole = await runSharedRooms(splitPlan(plan, 1), drawScript(drawn), options);
        const split = await runSharedRooms(shards, drawScript(drawn), options);
        expect(split.ledger).toEqual(whole.ledger);
        expect(split.warmupLedger).toEqual(whole.warmupLedger);
        for (const name of METRIC_NAMES) expect([name, split.histograms[name]]).toEqual([name, whole.histograms[name]]);
        expect(split.seconds).toEqual(whole.seconds);
        expect(split.ledger.planned).toBe(plan.planned.measure);
        expect(split.ledger.expected).toBe(split.ledger.once + split.ledger.lost);
      }),
      { numRuns: 60 },
    );
  });
});
