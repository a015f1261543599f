import type { FleetFacts } from '../../experiment/size-fleet.ts';
import type { Search } from '../../scenario/experiment.ts';
import { peakRate } from '../../scenario/load.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { varyScenario } from '../../scenario/vary-scenario.ts';

/**
 * What --expected-connections is sized by, from what a search has found. Of clients or sizes of rooms, the connections that the
 * target held then. Of rates, as many as send the found rate when each sends as much as one client of the scenario does: its rate ÷
 * its clients (`rate-per-client`, or --rate and --clients).
 *
 * @param value  the highest that was sustained: per second, clients, or members of a room
 */
export function readFleet(
  scenario: Scenario,
  { varied }: Pick<Search, 'varied'>,
  value: number,
  { expected, gateways }: Pick<FleetFacts, 'expected' | 'gateways'>,
): FleetFacts {
  const held = varyScenario(scenario, varied, value).population.clients;
  if (varied !== 'rate') return { expected, gateways, held, connections: held, ratePerConnection: null };
  const ratePerConnection = peakRate(scenario.load.stages) / held;
  return { expected, gateways, held, connections: value / ratePerConnection, ratePerConnection };
}
