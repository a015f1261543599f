import type { Varied } from './experiment.ts';
import { peakRate, scaleRates } from './load.ts';
import type { RoomClass, Scenario } from './scenario.ts';

/**
 * The scenario with another rate (the highest of its stages), number of clients or size of its rooms; all else in proportion:
 * with more clients come more rooms of the same sizes and as much more of messages and other traffic, with larger rooms more
 * clients in as many rooms at the same rate of messages.
 *
 * @param value a multiple of `granularityOf`
 */
export function varyScenario(scenario: Scenario, varied: Varied, value: number): Scenario {
  const { load, population, traffic, groups } = scenario;
  if (varied === 'rate') return { ...scenario, load: { ...load, stages: scaleRates(load.stages, value) } };
  if (varied === 'clients') {
    const factor = value / population.clients;
    const scale = (parts: NonNullable<Scenario['traffic']>) =>
      parts.map((part) => ({ ...part, perSecond: part.perSecond * factor }));
    return {
      ...scenario,
      population: withRooms(population, ({ size, count }) => ({ size, count: count * factor })),
      load: { ...load, stages: scaleRates(load.stages, peakRate(load.stages) * factor) },
      ...(traffic && { traffic: scale(traffic) }),
      ...(groups && {
        groups: groups.map((group) => (group.traffic ? { ...group, traffic: scale(group.traffic) } : group)),
      }),
    };
  }
  return { ...scenario, population: withRooms(population, ({ count }) => ({ size: value, count })) };
}

/**
 * What a varied value has to be a multiple of, so that all rooms are full: for clients, those of the smallest population
 * with rooms in the same proportions.
 */
export function granularityOf({ population }: Scenario, varied: Varied): number {
  if (varied !== 'clients') return 1;
  const { roomsPerClient = 1 } = population;
  const shared = population.roomClasses.map(({ count }) => count / roomsPerClient).reduce(greatestCommonDivisor);
  return population.clients / shared;
}

function withRooms(
  population: Scenario['population'],
  change: (rooms: RoomClass) => RoomClass,
): Scenario['population'] {
  const roomClasses = population.roomClasses.map(change);
  const seats = roomClasses.reduce((sum, { size, count }) => sum + size * count, 0);
  return { ...population, roomClasses, clients: seats / (population.roomsPerClient ?? 1) };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
