import { describe, expect, test } from 'vitest';
import { buildScenarioFixture, holdRate, loadFixture } from '../testing/plan-fixture.ts';
import { granularityOf, varyScenario } from './vary-scenario.ts';

const scenario = buildScenarioFixture({
  population: {
    clients: 90,
    roomClasses: [
      { size: 2, count: 20 },
      { size: 25, count: 2 },
    ],
    roomChoice: { kind: 'uniform' },
    senderShare: 1,
    connectPerSecond: null,
  },
  traffic: [{ kind: 'typing', perSecond: 10 }],
  load: loadFixture([holdRate(100, 1), { fromPerSecond: 100, toPerSecond: 400, durationUs: 1_000_000 }]),
});

describe('a varied scenario', () => {
  test('has another highest rate, the shape stays', () => {
    const { stages } = varyScenario(scenario, 'rate', 800).load;
    expect(stages.map(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond])).toEqual([
      [200, 200],
      [200, 800],
    ]);
  });

  test('has more clients in more rooms, who send as much each', () => {
    expect(granularityOf(scenario, 'clients')).toBe(45);
    const { population, load, traffic } = varyScenario(scenario, 'clients', 135);
    expect(population.roomClasses).toEqual([
      { size: 2, count: 30 },
      { size: 25, count: 3 },
    ]);
    expect(population.clients).toBe(135);
    expect(load.stages[0]?.fromPerSecond).toBe(150);
    expect(traffic).toEqual([{ kind: 'typing', perSecond: 15 }]);
  });

  test('has them in as many rooms each as before', () => {
    const { population } = scenario;
    const roomClasses = population.roomClasses.map(({ size, count }) => ({ size, count: count * 3 }));
    const several = { ...scenario, population: { ...population, roomClasses, roomsPerClient: 3 } };
    expect(granularityOf(several, 'clients')).toBe(45);
    expect(varyScenario(several, 'clients', 45).population).toMatchObject({
      clients: 45,
      roomClasses: [
        { size: 2, count: 30 },
        { size: 25, count: 3 },
      ],
    });
    expect(varyScenario(several, 'room-size', 10).population.clients).toBe(220);
  });

  test('has larger rooms at the same rate of messages', () => {
    const { population, load } = varyScenario(scenario, 'room-size', 10);
    expect(population).toMatchObject({
      clients: 220,
      roomClasses: [
        { size: 10, count: 20 },
        { size: 10, count: 2 },
      ],
    });
    expect(load).toEqual(scenario.load);
  });
});
