import { describe, expect, it } from 'vitest';
import { type HostRules, PRIVATE_ONLY } from '../host-rules.ts';
import { splitPlan } from '../plan/split-plan.ts';
import { buildPlanFixture, buildScenarioFixture, populationFixture } from '../testing/plan-fixture.ts';
import { assignShards } from './assign-shards.ts';

const scenario = buildScenarioFixture({ population: populationFixture(40_000, 2) });

function sourcesOf(
  endpoints: readonly string[],
  shards: number,
  clients = 40_000,
  addresses: HostRules['addresses'] = {},
) {
  const plan = buildPlanFixture({ population: populationFixture(clients, 2) });
  const assigned = assignShards(splitPlan(plan, shards), scenario, endpoints, { allowed: [], addresses }, false);
  return assigned.map(({ sourceAddress }) => sourceAddress);
}

it('tells each shard of its part, and all of them of the same endpoints and times', () => {
  const shards = splitPlan(buildPlanFixture(), 3);
  const endpoints = ['ws://127.0.0.1:4000', 'ws://127.0.0.1:4001'];
  const assigned = assignShards(shards, scenario, endpoints, PRIVATE_ONLY, true);
  expect(assigned.map(({ shard }) => shard)).toEqual(shards);
  for (const assignment of assigned) {
    expect(assignment).toMatchObject({ endpoints, precise: true, sourceAddress: null, deliveryTimeoutUs: 5_000_000 });
  }
});

describe.runIf(process.platform === 'linux')('addresses to connect from', () => {
  it('are one per shard, where the ports of one would not do', () => {
    const own = ['127.0.1.1', '127.0.2.1', '127.0.3.1'];
    expect(sourcesOf(['ws://127.0.0.1:4000'], 3)).toEqual(own);
    for (const localhost of [['127.0.0.1'], ['127.0.0.1', '::1'], ['127.0.0.1', '127.0.0.2']]) {
      expect(sourcesOf(['ws://localhost:4000/ws'], 3, 40_000, { localhost })).toEqual(own);
    }
  });

  it.each([
    ['one shard has nothing to share with', ['ws://127.0.0.1:4000'], 1, 40_000, {}],
    ['the ports of one address do', ['ws://127.0.0.1:4000'], 2, 20_000, {}],
    ['so they do for each of several endpoints', ['ws://127.0.0.1:4000', 'ws://127.0.0.1:4001'], 2, 40_000, {}],
    ['an endpoint is another machine', ['ws://127.0.0.1:4000', 'ws://10.0.0.7:4000'], 2, 80_000, {}],
    ['a name only looks like the loopback', ['ws://127.example.com:4000'], 2, 40_000, {}],
    ['localhost is ::1', ['ws://localhost:4000'], 2, 40_000, { localhost: ['::1', '127.0.0.1'] }],
    ['a name is another machine, too', ['ws://a.example'], 2, 40_000, { 'a.example': ['127.0.0.1', '10.0.0.7'] }],
    ['nobody knows where a name leads', ['ws://localhost:4000'], 2, 40_000, {}],
  ] as const)("are the system's choice where %s", (_, endpoints, shards, clients, addresses) => {
    expect(sourcesOf(endpoints, shards, clients, addresses)).toEqual(Array.from({ length: shards }, () => null));
  });
});
