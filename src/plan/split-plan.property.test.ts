import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomChoice, RoomClass, Scenario, Stage } from '../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { countSenders } from './list-senders.ts';
import { placeClients } from './place-clients.ts';
import { layOutRooms } from './room-layout.ts';
import type { Shard } from './run-plan.ts';
import { openSchedule } from './schedule.ts';
import { layOutShard } from './shard-part.ts';
import { chooseShardCount, splitPlan } from './split-plan.ts';

const SECOND = 1_000_000;

const second = (from: number, to: number, seconds: number): Stage => ({
  fromPerSecond: from,
  toPerSecond: to,
  durationUs: seconds * SECOND,
});

/** Holds, ramps up and down, and stages in which nothing is due; at least one message in all. */
const stages = fc
  .array(
    fc.record({
      from: fc.integer({ min: 0, max: 800 }),
      to: fc.option(fc.integer({ min: 0, max: 800 }), { nil: null }),
      seconds: fc.constantFrom(0.25, 0.5, 1),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((list) => list.map(({ from, to, seconds }) => second(from, to ?? from, seconds)))
  .filter((list) => list.some(({ fromPerSecond, toPerSecond }) => fromPerSecond + toPerSecond >= 20));

const scenario = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    roomClasses: fc.array(fc.record({ size: fc.integer({ min: 1, max: 9 }), count: fc.integer({ min: 1, max: 20 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    roomChoice: fc.constantFrom<RoomChoice>(
      { kind: 'uniform' },
      { kind: 'in-turn' },
      { kind: 'zipf', exponent: 0 },
      { kind: 'zipf', exponent: 1.1 },
    ),
    senderShare: fc.constantFrom(1, 0.5, 0.1),
    stages,
    payloads: fc.constantFrom(
      [{ bytes: 64, share: 1 }],
      [
        { bytes: 40, share: 0.7 },
        { bytes: 300, share: 0.2 },
        { bytes: 4_000, share: 0.1 },
      ],
    ),
    process: fc.constantFrom('constant' as const, 'poisson' as const),
    warmupSeconds: fc.constantFrom(0, 1),
  })
  .map(
    ({ seed, roomClasses, roomChoice, senderShare, stages, payloads, process, warmupSeconds }): Partial<Scenario> => ({
      seed,
      population: {
        clients: roomClasses.reduce((sum, { size, count }) => sum + size * count, 0),
        roomClasses,
        roomChoice,
        senderShare,
        connectPerSecond: null,
      },
      load: loadFixture(stages, { process, payloads }),
      phases: {
        warmupUs: warmupSeconds * SECOND,
        measureUs: stages.reduce((sum, { durationUs }) => sum + durationUs, 0),
        drainTimeoutUs: SECOND,
      },
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
        const layout = layOutRooms(plan);
        for (const shard of splitPlan(plan, Math.min(3, plan.rooms))) {
          const stray = listMessages(shard).filter(({ room, sender }) => {
            const member = sender - layout.firstSeatOf(room);
            const isSender = member >= 0 && member < countSenders(layout.sizeOf(room), plan.senderShare);
            return room % shard.count !== shard.index || layout.roomOf(sender) !== room || !isSender;
          });
          expect(stray).toEqual([]);
        }
      }),
    );
  });

  it('splits rooms of an open loop by members, as evenly as can be, where they do not fit or there are too few', () => {
    fc.assert(
      fc.property(
        scenario,
        fc.integer({ min: 2, max: 16 }),
        fc.integer({ min: 1, max: 12 }),
        (overrides, wanted, fits) => {
          const plan = buildPlanFixture(overrides);
          const layout = layOutRooms(plan);
          const whole = listMessages({ index: 0, count: 1, plan });
          const shards = splitPlan(plan, Math.min(wanted, plan.clients), fits);
          const parts = shards.map((shard) => layOutShard(shard, layout));
          for (let client = 0; client < plan.clients; client++) {
            const room = layout.roomOf(client);
            const owners = parts.filter((part) => part.owns(client));
            expect(owners).toHaveLength(1);
            expect(owners[0]).toBe(parts[parts[0]!.shardOf(client)]);
            const first = owners[0]!.firstSeatOf(room);
            expect(client >= first && client < first + owners[0]!.sizeOf(room)).toBe(true);
          }
          for (let room = 0; room < plan.rooms; room++) {
            const sizes = parts.map((part) => part.sizeOf(room));
            expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(layout.sizeOf(room));
            if (parts[0]!.isSplit(room)) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
            else expect(layout.sizeOf(room)).toBeLessThanOrEqual(fits);
          }
          const sent = shards.flatMap((shard) => listMessages(shard).filter(({ isOwn }) => isOwn));
          expect(sent.sort((a, b) => a.index - b.index)).toEqual(whole);
          for (const [index, shard] of shards.entries()) {
            const concerned = whole.filter(({ room }) => parts[index]!.sizeOf(room) > 0);
            expect(listMessages(shard).map(({ index: number }) => number)).toEqual(
              concerned.map(({ index: number }) => number),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves the rooms of a closed loop whole, and those that fit', () => {
    const plan = (loop: 'open' | 'closed', clients: number, size: number) =>
      buildPlanFixture({
        population: populationFixture(clients, size),
        load: loadFixture([holdRate(10, 1)], { loop }),
      });
    expect(splitPlan(plan('open', 40, 10), 4, 10)[0]).not.toHaveProperty('splitAbove');
    expect(splitPlan(plan('open', 40, 10), 5, 10)[0]).toMatchObject({ splitAbove: 8 });
    expect(splitPlan(plan('open', 50_000, 50_000), 4, 15_000)[0]).toMatchObject({ splitAbove: 12_500 });
    expect(splitPlan(plan('closed', 40, 10), 4, 1)[0]).not.toHaveProperty('splitAbove');
    expect(() => splitPlan(plan('closed', 40, 10), 5)).toThrow('expected 1 to 4, the number of rooms');
    expect(() => splitPlan(plan('open', 40, 10), 41)).toThrow('expected 1 to 40, the number of clients');
    expect(chooseShardCount(plan('open', 50_000, 50_000), { clients: 15_000, eventsPerSecond: 400_000 }, 2)).toBe(4);
    expect(chooseShardCount(plan('closed', 50_000, 50_000), { clients: 15_000, eventsPerSecond: 400_000 }, 2)).toBe(1);
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

  it('counts the recipients of a message by how often each room is chosen, not by the largest', () => {
    const capacity = { clients: 15_000, eventsPerSecond: 400_000 };
    const count = (roomClasses: readonly RoomClass[], roomChoice: RoomChoice) => {
      const clients = roomClasses.reduce((sum, { size, count }) => sum + size * count, 0);
      const population = { clients, roomClasses, roomChoice, senderShare: 1, connectPerSecond: null };
      const plan = buildPlanFixture({ population, load: loadFixture([holdRate(5_000, 1)]) });
      return chooseShardCount(plan, capacity, 64);
    };
    const hall = { size: 1_000, count: 1 };
    const pairs = { size: 2, count: 999 };
    // 5,000/s of (1,000 + 999 · 2) / 1,000 = 3 events each.
    expect(count([hall, pairs], { kind: 'uniform' })).toBe(1);
    expect(count([pairs, hall], { kind: 'in-turn' })).toBe(1);
    // By Zipf of 1, the first of 1,000 rooms has 1 / 7.485 of the messages: 135 events each, and the last next to none.
    expect(count([hall, pairs], { kind: 'zipf', exponent: 1 })).toBe(2);
    expect(count([pairs, hall], { kind: 'zipf', exponent: 1 })).toBe(1);
    // 5,000/s of 1,000 each.
    expect(count([{ size: 1_000, count: 20 }], { kind: 'uniform' })).toBe(13);
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
    const { index, intendedAtUs, room, sender, payload, measured, isOwn } = cursor;
    messages.push({ index, intendedAtUs, room, sender, payload, measured, isOwn });
  }
  return messages;
}
