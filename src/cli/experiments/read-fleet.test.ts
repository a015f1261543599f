import { describe, expect, test } from 'vitest';
import { sizeFleet } from '../../experiment/size-fleet.ts';
import { buildScenarioFixture, holdRate, loadFixture } from '../../testing/plan-fixture.ts';
import { resolveScenario } from '../options/resolve-scenario.ts';
import type { RunOptions } from '../options/run-options.ts';
import { readFleet } from './read-fleet.ts';

/** 50 clients in rooms of two who send 4/s each. */
const scenario = buildScenarioFixture({
  population: {
    clients: 50,
    roomClasses: [{ size: 2, count: 25 }],
    roomChoice: { kind: 'uniform' },
    senderShare: 1,
    connectPerSecond: null,
  },
  load: loadFixture([holdRate(200, 4)]),
});

describe('a fleet for an expected number of connections', () => {
  test('divides the clients that were held by the gateways that held them', () => {
    const fleet = readFleet(scenario, { varied: 'clients' }, 12_000, { expected: 100_000, gateways: 3 });
    expect(sizeFleet(fleet)).toMatchObject({
      perInstance: 4_000,
      instances: 38,
      ratePerConnection: null,
      held: 12_000,
    });
  });

  test('turns a rate into connections by what one client of the scenario sends', () => {
    const fleet = readFleet(scenario, { varied: 'rate' }, 4_000, { expected: 100_000, gateways: 2 });
    expect(sizeFleet(fleet)).toMatchObject({ connections: 1_000, perInstance: 500, instances: 300 });
    expect(fleet).toMatchObject({ ratePerConnection: 4, held: 50 });
  });

  test('sends what flags say that a user sends', () => {
    const capacity = resolveScenario('capacity', {
      rate: '5',
      clients: '50',
      threshold: [] as string[],
    } as unknown as RunOptions);
    const fleet = readFleet(capacity, { varied: 'rate' }, 4_000, { expected: 100_000, gateways: 2 });
    expect(fleet).toMatchObject({ ratePerConnection: 0.1, held: 50 });
    expect(sizeFleet(fleet)).toMatchObject({ perInstance: 20_000, instances: 8 });
  });

  test('counts all members of all rooms where their size was searched', () => {
    const fleet = readFleet(scenario, { varied: 'room-size' }, 100, { expected: 5_000, gateways: 1 });
    expect(sizeFleet(fleet)).toMatchObject({ connections: 2_500, perInstance: 2_500, instances: 3 });
  });

  test('takes a server of which nothing is known for one instance', () => {
    const fleet = readFleet(scenario, { varied: 'clients' }, 500, { expected: 1_000, gateways: null });
    expect(sizeFleet(fleet)).toMatchObject({ perInstance: 500, instances: 3 });
  });
});
