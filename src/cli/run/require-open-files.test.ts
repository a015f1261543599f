import { expect, it } from 'vitest';
import type { Scenario } from '../../scenario/scenario.ts';
import { smallResult } from '../../testing/small-result.ts';
import { requireOpenFiles } from './require-open-files.ts';

function scenarioOf(
  kind: Scenario['target']['kind'],
  clients: number,
  size: number,
  change: Partial<Scenario> = {},
): Scenario {
  const { scenario } = smallResult();
  const population = { ...scenario.population, clients, roomClasses: [{ size, count: clients / size }] };
  return {
    ...(scenario as Scenario),
    population,
    target: { ...scenario.target, kind, gateways: 2 },
    ...change,
  } as Scenario;
}

const search = { kind: 'capacity', search: { varied: 'clients', from: 10, to: 1000, precision: 0.1 } } as const;

it.each([
  [
    'the embedded target, which is one process',
    scenarioOf('embedded', 1000, 2),
    300,
    /^1,000 clients: a gateway of the target \(embedded\) would have 1,064 files open, and may have 300$/,
  ],
  ['each of two gateways', scenarioOf('local', 1000, 2), 500, /would have 564 files open/],
  [
    'a room of a closed loop, which one generator process has whole',
    scenarioOf('external', 1000, 1000, {
      load: { ...smallResult().scenario.load, loop: 'closed' } as Scenario['load'],
    }),
    300,
    /a process of the generator would have 1,064 files/,
  ],
  [
    'far too many processes',
    scenarioOf('external', 100_000, 2),
    300,
    /a process of the generator would have 1,627 files/,
  ],
  ['what a search may come to', scenarioOf('embedded', 10, 2, { experiment: search }), 300, /^1,000 clients/],
])('says before anything is started that there are too few open files for %s', (_, scenario, limit, told) => {
  expect(() => requireOpenFiles(scenario, limit)).toThrow(told);
});

it.each([
  ['clients that fit', scenarioOf('embedded', 1000, 2), 1064],
  ['clients that several generator processes share, of a server elsewhere', scenarioOf('external', 1000, 2), 300],
  ['a room that several generator processes share', scenarioOf('external', 1000, 1000), 300],
  ['a limit that nobody knows', scenarioOf('embedded', 1_000_000, 2), null],
])('lets through %s', (_, scenario, limit) => expect(() => requireOpenFiles(scenario, limit)).not.toThrow());
