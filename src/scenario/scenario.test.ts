import { expect, it } from 'vitest';
import { listScenarios } from './load-scenario.ts';
import { scenario as schema } from './scenario.ts';

it.each(listScenarios({ checkThreshold: () => null }).map(({ scenario }) => [scenario.name, scenario] as const))(
  '%s, settled, is told by its schema to the last key, and survives being written',
  (_, scenario) => {
    expect(schema.parse(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
  },
);
