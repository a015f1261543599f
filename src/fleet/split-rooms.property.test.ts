import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPlan } from '../plan/split-plan.ts';
import { METRIC_NAMES } from '../record/metric-names.ts';
import type { Population, Scenario } from '../scenario/scenario.ts';
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
    roomsPerClient: fc.constantFrom(1, 1, 3),
  })
  .map(({ roomClasses, senderShare, roomsPerClient }) => ({
    clients: roomClasses.reduce((sum, { size, count }) => sum + size * count, 0),
    roomClasses: roomClasses.map(({ size, count }) => ({ size, count: count * roomsPerClient })),
    roomsPerClient,
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
        fc.pre(shards[0]!.splitAbove !== undefined || (plan.seating !== undefined && shards.length > 1));
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

  it('find what was planted, wherever it was, and nothing else', async () => {
    const plan = buildPlanFixture({
      population: populationOf({ size: 300, count: 1 }, { size: 3, count: 10 }),
      load: loadFixture([holdRate(40, 4)]),
      phases: { warmupUs: 0, measureUs: 4 * SECOND, drainTimeoutUs: SECOND },
    });
    const planted = (sender: number, nth: number) => nth === 0 && sender < 10;
    const { ledger, examples, histograms } = await runSharedRooms(splitPlan(plan, 3, 100), {
      senderReceives: false,
      acknowledges: false,
      copiesOf(sender, nth, recipient) {
        if (!planted(sender, nth)) return [10 * MS];
        if (recipient === 290 - 20 * sender) return [];
        return recipient === 15 + 20 * sender ? [10 * MS, 30 * MS] : [10 * MS];
      },
      strangerOf: (sender, nth) => (planted(sender, nth) ? 300 + 3 * sender : null),
    });
    expect(ledger).toMatchObject({ planned: 160, sent: 160, lost: 10, duplicated: 10, misrouted: 10, reordered: 0 });
    expect(ledger.once).toBe(ledger.expected - 10);
    const found = (kind: string) =>
      examples.filter((example) => example.kind === kind).map(({ recipient }) => recipient);
    for (const recipient of found('lost')) expect((290 - recipient) % 20).toBe(0);
    for (const recipient of found('duplicated')) expect((recipient - 15) % 20).toBe(0);
    for (const recipient of found('misrouted')) expect(recipient).toBeGreaterThanOrEqual(300);
    // Of the hall's messages those that reached all have a last: as late as all others.
    expect(histograms.fanoutLast.count).toBe(histograms.fanoutFirst.count - 10);
    expect(histograms.fanoutLast.maxUs).toBe(10 * MS);
  });

  it('lose nothing where shards hear at different times that the run is to end', async () => {
    const plan = buildPlanFixture({
      population: populationOf({ size: 30, count: 1 }),
      load: loadFixture([holdRate(200, 5)]),
      phases: { warmupUs: 0, measureUs: 5 * SECOND, drainTimeoutUs: 4 * SECOND },
    });
    const ends = [1_230_000, 1_300_000, 1_250_000];
    const { ledger, seconds } = await runSharedRooms(
      splitPlan(plan, 3),
      { senderReceives: true, acknowledges: true, copiesOf: () => [5 * MS] },
      { endsAtUs: (shard) => ends[shard]! },
    );
    expect(ledger.sent).toBe(ledger.planned);
    expect(ledger.sent).toBeGreaterThanOrEqual(200 * 1.23);
    expect(ledger.sent).toBeLessThan(200 * 1.31);
    expect(ledger).toMatchObject({ expected: 30 * ledger.sent, once: 30 * ledger.sent, lost: 0, misrouted: 0 });
    expect(seconds.reduce((sum, { lost }) => sum + lost, 0)).toBe(0);
  });
});

function populationOf(...roomClasses: readonly { readonly size: number; readonly count: number }[]): Population {
  const clients = roomClasses.reduce((sum, { size, count }) => sum + size * count, 0);
  return { clients, roomClasses, roomChoice: { kind: 'in-turn' }, senderShare: 0.1, connectPerSecond: null };
}
