import type { Scenario } from '../scenario/scenario.ts';
import { formatBytes, formatDuration, formatPlural, formatRate } from './quantities.ts';

/** The load in words: "1,200/s for 30 s", ramps as "100/s to 2,000/s over 1 min", several stages joined by "then". */
export function describeLoad(load: Pick<Scenario['load'], 'process' | 'stages'>): string {
  const stages = load.stages.map(({ fromPerSecond, toPerSecond, durationUs }) =>
    fromPerSecond === toPerSecond
      ? `${formatRate(fromPerSecond)} for ${formatDuration(durationUs)}`
      : `${formatRate(fromPerSecond)} to ${formatRate(toPerSecond)} over ${formatDuration(durationUs)}`,
  );
  return `${stages.join(', then ')}${load.process === 'poisson' ? ' (Poisson arrivals)' : ''}`;
}

/** Who talks: "50 clients in rooms of 2, 100 B a message". */
export function describePopulation(scenario: Pick<Scenario, 'population' | 'load'>): string {
  const { clients, roomSize } = scenario.population;
  const rooms = roomSize === 1 ? '' : ` in rooms of ${roomSize}`;
  return `${formatPlural(clients, 'client')}${rooms}, ${formatBytes(scenario.load.payloadBytes)} a message`;
}
