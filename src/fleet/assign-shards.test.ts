import { describe, expect, it } from 'vitest';
import { PRIVATE_ONLY } from '../host-rules.ts';
import { splitPlan } from '../plan/split-plan.ts';
import { buildPlanFixture, buildScenarioFixture, populationFixture } from '../testing/plan-fixture.ts';
import { assignShards } from './assign-shards.ts';

const scenario = buildScenarioFixture({ population: populationFixture(40_000, 2) });
const resolveTo = (address: string) => async () => address;
const unresolved = () => Promise.reject(new Error('ENOTFOUND'));

async function sourcesOf(endpoints: readonly string[], shards: number, clients = 40_000, resolve = resolveTo('')) {
  const plan = buildPlanFixture({ population: populationFixture(clients, 2) });
  const assigned = await assignShards(splitPlan(plan, shards), scenario, endpoints, PRIVATE_ONLY, false, resolve);
  return assigned.map(({ sourceAddress }) => sourceAddress);
}

it('tells each shard of its part, and all of them of the same endpoints and times', async () => {
  const shards = splitPlan(buildPlanFixture(), 3);
  const endpoints = ['ws://127.0.0.1:4000', 'ws://127.0.0.1:4001'];
  const assigned = await assignShards(shards, scenario, endpoints, PRIVATE_ONLY, true, unresolved);
  expect(assigned.map(({ shard }) => shard)).toEqual(shards);
  for (const assignment of assigned) {
    expect(assignment).toMatchObject({ endpoints, precise: true, sourceAddress: null, deliveryTimeoutUs: 5_000_000 });
  }
});

describe.runIf(process.platform === 'linux')('addresses to connect from', () => {
  it('are one per shard, where the ports of one would not do', async () => {
    const own = ['127.0.1.1', '127.0.2.1', '127.0.3.1'];
    expect(await sourcesOf(['ws://127.0.0.1:4000'], 3)).toEqual(own);
    expect(await sourcesOf(['ws://localhost:4000/ws'], 3, 40_000, resolveTo('127.0.0.1'))).toEqual(own);
  });

  it.each([
    ['one shard has nothing to share with', ['ws://127.0.0.1:4000'], 1, 40_000, resolveTo('')],
    ['the ports of one address do', ['ws://127.0.0.1:4000'], 2, 20_000, resolveTo('')],
    [
      'so they do for each of several endpoints',
      ['ws://127.0.0.1:4000', 'ws://127.0.0.1:4001'],
      2,
      40_000,
      resolveTo(''),
    ],
    ['an endpoint is another machine', ['ws://127.0.0.1:4000', 'ws://10.0.0.7:4000'], 2, 80_000, resolveTo('')],
    ['a name only looks like the loopback', ['ws://127.example.com:4000'], 2, 40_000, resolveTo('127.0.0.1')],
    ['localhost is ::1', ['ws://localhost:4000'], 2, 40_000, resolveTo('::1')],
    ['localhost has no address', ['ws://localhost:4000'], 2, 40_000, unresolved],
  ] as const)("are the system's choice where %s", async (_, endpoints, shards, clients, resolve) => {
    expect(await sourcesOf(endpoints, shards, clients, resolve)).toEqual(Array.from({ length: shards }, () => null));
  });
});
