import type { Population, Scenario } from '../scenario/scenario.ts';
import { countArrivals } from './arrivals/stream-arrivals.ts';
import { listClientFaults } from './list-client-faults.ts';
import type { PlannedTraffic, RunPlan } from './run-plan.ts';

/**
 * Scenario → plan: everything that will be sent is fixed by what this yields.
 *
 * @param runId four characters [0-9a-z]; it marks the messages, and changes nothing in the schedule
 * @param seats whose each is, where a file of users says so; null: it does not
 */
export function buildPlan(scenario: Scenario, runId: string, seats: readonly number[] | null = null): RunPlan {
  const { seed, load, phases, population } = scenario;
  return {
    runId,
    seed,
    load,
    phases,
    clients: population.clients,
    ...(population.arriving && { arriving: population.arriving }),
    roomClasses: population.roomClasses,
    ...settleSeating(population, seats),
    rooms: population.roomClasses.reduce((sum, { count }) => sum + count, 0),
    roomChoice: population.roomChoice,
    senderShare: population.senderShare,
    connectPerSecond: population.connectPerSecond,
    traffic: listTraffic(scenario),
    groups: (scenario.groups ?? []).map(({ name, share, messages, payloads = null, session = null }) => ({
      name,
      share,
      messages,
      payloads,
      session,
    })),
    clientFaults: listClientFaults(scenario),
    planned: load.loop === 'open' ? countArrivals({ load, phases, seed }) : { warmup: 0, measure: 0 },
  };
}

function settleSeating({ roomsPerClient = 1 }: Population, seats: readonly number[] | null): Pick<RunPlan, 'seating'> {
  if (seats !== null) return { seating: { kind: 'listed', clients: seats } };
  return roomsPerClient > 1 ? { seating: { kind: 'drawn', perClient: roomsPerClient } } : {};
}

function listTraffic({ traffic = [], groups = [] }: Scenario): readonly PlannedTraffic[] {
  return [
    ...traffic.map((part) => ({ ...part, group: null })),
    ...groups.flatMap((of, group) => (of.traffic ?? []).map((part) => ({ ...part, group }))),
  ];
}
