import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { placeClients } from './place-clients.ts';
import { layOutRooms } from './room-layout.ts';
import type { Shard } from './run-plan.ts';
import { openSchedule } from './schedule.ts';
import { chooseShardCount, splitPlan } from './split-plan.ts';

const SECOND = 1_000_000;

const scenario = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    rooms: fc.integer({ min: 1, max: 40 }),
    roomSize: fc.integer({ min: 1, max: 5 }),
    perSecond: fc.integer({ min: 1, max: 800 }),
    process: fc.constantFrom('constant' as const, 'poisson' as const),
    warmupSeconds: fc.constantFrom(0, 1),
  })
  .map(
    ({ seed, rooms, roomSize, perSecond, process, warmupSeconds }): Partial<Scenario> => ({
      seed,
      population: populationFixture(rooms * roomSize, roomSize),
      load: loadFixture([holdRate(perSecond, 1)], { process }),
      phases: { warmupUs: warmupSeconds * SECOND, measureUs: SECOND, drainTimeoutUs: SECOND },
    }),
  );

describe('splitting a plan', () => {
  it('loses no message and adds none: the union over 1 … 16 shards is the schedule', () => {
    fc.assert(
      fc.property(scenario, fc.integer({ min: 1, max: 16 }), (overrides, wanted) => {
        const plan = buildPlanFixture(overrides);
        const whole = listMessages({ index: 0, count: 1, plan });
        const parts = splitPlan(plan, Math.min(wanted, plan.rooms)).flatMap(listMessages);
        expect(parts.sort((a, b) => a.index - b.index)).toEqual(whole);
        expect(whole.filter(({ measured }) => !measured).length).toBe(plan.planned.warmup);
        expect(whole.filter(({ measured }) => measured).length).toBe(plan.planned.measure);
      }),
    );
  });

  it('keeps sender and room together, and rooms on one shard', () => {
    fc.assert(
      fc.property(scenario, (overrides) => {
        const plan = buildPlanFixture(overrides);
        for (const shard of splitPlan(plan, Math.min(3, plan.rooms))) {
          for (const { room, sender } of listMessages(shard)) {
            expect(room % shard.count).toBe(shard.index);
            expect(layOutRooms(plan).roomOf(sender)).toBe(room);
          }
        }
      }),
    );
  });

  it('plans another schedule for another seed, and the same one for the same', () => {
    const list = (seed: number) =>
      listMessages({
        index: 0,
        count: 1,
        plan: buildPlanFixture({ seed, population: populationFixture(100, 2) }),
      }).map(({ sender }) => sender);
    expect(list(7)).toEqual(list(7));
    expect(list(7)).not.toEqual(list(8));
  });

  it('chooses every room and every sender about equally often', () => {
    const plan = buildPlanFixture({
      population: populationFixture(20, 2),
      load: loadFixture([holdRate(40_000, 1)]),
    });
    const counts = new Array<number>(20).fill(0);
    for (const { sender } of listMessages({ index: 0, count: 1, plan })) counts[sender]!++;
    // Binomial(40,000, 1/20): mean 2,000, standard deviation 44.
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * 44);
  });

  it('uses as many shards as connections and rate need, and no more than rooms or cores allow', () => {
    const plan = (clients: number, roomSize: number, perSecond: number) =>
      buildPlanFixture({
        population: populationFixture(clients, roomSize),
        load: loadFixture([holdRate(perSecond, 1)]),
      });
    const capacity = { clients: 15_000, eventsPerSecond: 400_000 };
    expect(chooseShardCount(plan(50, 2, 1200), capacity, 8)).toBe(1);
    expect(chooseShardCount(plan(40_000, 2, 1200), capacity, 2)).toBe(3);
    expect(chooseShardCount(plan(1000, 1, 500_000), capacity, 8)).toBe(3);
    expect(chooseShardCount(plan(1000, 1, 500_000), capacity, 2)).toBe(1);
    expect(chooseShardCount(plan(1000, 500, 500_000), capacity, 64)).toBe(2);
  });
});

describe('placing clients', () => {
  it('gives every endpoint the same number, and mixes the members of a room', () => {
    const placement = placeClients(1000, 2, 1);
    expect(placement.filter((endpoint) => endpoint === 0).length).toBe(500);
    const together = Array.from({ length: 500 }, (_, room) => placement[2 * room] === placement[2 * room + 1]);
    const share = together.filter(Boolean).length / 500;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });
});

function listMessages(shard: Shard) {
  const cursor = openSchedule(shard);
  const messages = [];
  while (cursor.advance()) {
    const { index, intendedAtUs, room, sender, measured } = cursor;
    messages.push({ index, intendedAtUs, room, sender, measured });
  }
  return messages;
}
