import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackgroundTraffic, Scenario } from '../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { countSenders } from './list-senders.ts';
import { layOutRooms } from './room-layout.ts';
import type { RunPlan, Shard } from './run-plan.ts';
import { openSchedule } from './schedule.ts';
import { splitPlan } from './split-plan.ts';
import { openTrafficSchedule } from './traffic-schedule.ts';

const SECOND = 1_000_000;

const traffic = fc
  .record({
    typing: fc.integer({ min: 0, max: 300 }),
    receipts: fc.integer({ min: 0, max: 300 }),
    history: fc.integer({ min: 0, max: 30 }),
  })
  .map((rates) => trafficOf(rates));

const scenario = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    rooms: fc.integer({ min: 1, max: 40 }),
    roomSize: fc.integer({ min: 1, max: 5 }),
    senderShare: fc.constantFrom(0.2, 1),
    process: fc.constantFrom('constant' as const, 'poisson' as const),
    roomChoice: fc.constantFrom(
      { kind: 'uniform' } as const,
      { kind: 'zipf', exponent: 1.1 } as const,
      { kind: 'in-turn' } as const,
    ),
    warmupSeconds: fc.constantFrom(0, 1),
    traffic,
  })
  .map(
    ({ seed, rooms, roomSize, senderShare, roomChoice, process, warmupSeconds, ...rest }): Partial<Scenario> => ({
      ...rest,
      seed,
      population: { ...populationFixture(rooms * roomSize, roomSize), senderShare, roomChoice },
      load: loadFixture([holdRate(10, 1)], { process }),
      phases: { warmupUs: warmupSeconds * SECOND, measureUs: SECOND, drainTimeoutUs: SECOND },
    }),
  );

describe('what clients do beside sending', () => {
  it('is the same however it is split: the union over 1 … 16 shards, each in order of time, is the plan', () => {
    fc.assert(
      fc.property(scenario, fc.integer({ min: 1, max: 16 }), (overrides, wanted) => {
        const plan = buildPlanFixture(overrides);
        const whole = listTraffic({ index: 0, count: 1, plan });
        const parts = splitPlan(plan, Math.min(wanted, plan.rooms)).map(listTraffic);
        for (const part of [whole, ...parts])
          expect(isAscending(part.map(({ intendedAtUs }) => intendedAtUs))).toBe(true);
        expect(parts.flat().map(encode).sort()).toEqual(whole.map(encode).sort());
      }),
    );
  });

  it('is done by clients of the shard’s own rooms: typed by those who send, read by those whom others send to', () => {
    fc.assert(
      fc.property(scenario, fc.integer({ min: 1, max: 4 }), (overrides, wanted) => {
        const plan = buildPlanFixture(overrides);
        const layout = layOutRooms(plan);
        for (const shard of splitPlan(plan, Math.min(wanted, plan.rooms))) {
          for (const { kind, seat } of listTraffic(shard)) {
            const room = layout.roomOf(seat);
            const senders = countSenders(layout.sizeOf(room), plan.senderShare);
            const member = seat - layout.firstSeatOf(room);
            expect(room % shard.count).toBe(shard.index);
            if (kind === 'typing') expect(member).toBeLessThan(senders);
            else if (senders === 1 && layout.sizeOf(room) > 1) expect(member).toBeGreaterThan(0);
          }
        }
      }),
    );
  });

  it('falls due at its rate through warm-up and measure: 50, 100 and 10 a second for 1 + 2 s', () => {
    const plan = planOf({ phases: { warmupUs: SECOND, measureUs: 2 * SECOND, drainTimeoutUs: SECOND } });
    const all = listTraffic({ index: 0, count: 1, plan });
    const count = (kind: string, measured: boolean) =>
      all.filter((one) => one.kind === kind && one.measured === measured).length;
    expect([count('typing', false), count('receipts', false), count('history', false)]).toEqual([50, 100, 10]);
    expect([count('typing', true), count('receipts', true), count('history', true)]).toEqual([100, 200, 20]);
    expect(all.every(({ intendedAtUs, measured }) => measured === intendedAtUs >= SECOND)).toBe(true);
  });

  it('is another one for another seed, of the same kind the same whatever else is done, and leaves the messages alone', () => {
    const list = (overrides: Partial<Scenario>) => listTraffic({ index: 0, count: 1, plan: planOf(overrides) });
    expect(list({ seed: 7 })).toEqual(list({ seed: 7 }));
    expect(list({ seed: 7 })).not.toEqual(list({ seed: 8 }));
    expect(list({ traffic: trafficOf({ history: 10 }) })).toEqual(list({}).filter(({ kind }) => kind === 'history'));
    expect(listSenders(planOf({}))).toEqual(listSenders(planOf({ traffic: [] })));
  });

  it('spreads over all rooms and clients as the rooms are chosen', () => {
    const plan = planOf({
      population: populationFixture(20, 2),
      traffic: trafficOf({ receipts: 40_000 }),
    });
    const counts = new Array<number>(20).fill(0);
    for (const { seat } of listTraffic({ index: 0, count: 1, plan })) counts[seat]!++;
    // Binomial(40,000, 1/20): mean 2,000, standard deviation 44.
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * 44);
  });
});

function trafficOf(rates: Partial<Record<BackgroundTraffic['kind'], number>>): readonly BackgroundTraffic[] {
  return (['typing', 'receipts', 'history'] as const)
    .map((kind) => ({ kind, perSecond: rates[kind] ?? 0 }))
    .filter(({ perSecond }) => perSecond > 0);
}

function planOf(overrides: Partial<Scenario>): RunPlan {
  return buildPlanFixture({
    population: populationFixture(40, 4),
    traffic: trafficOf({ typing: 50, receipts: 100, history: 10 }),
    ...overrides,
  });
}

function listTraffic(shard: Shard) {
  const cursor = openTrafficSchedule(shard);
  const all = [];
  while (cursor.advance()) {
    const { kind, intendedAtUs, seat, measured } = cursor;
    all.push({ kind, intendedAtUs, seat, measured });
  }
  return all;
}

function listSenders(plan: RunPlan): readonly string[] {
  const cursor = openSchedule({ index: 0, count: 1, plan });
  const senders: string[] = [];
  while (cursor.advance()) senders.push(`${cursor.intendedAtUs} ${cursor.sender}`);
  return senders;
}

function encode(one: ReturnType<typeof listTraffic>[number]): string {
  return JSON.stringify(one);
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= values[index - 1]!);
}
