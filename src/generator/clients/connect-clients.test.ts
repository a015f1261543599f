import { describe, expect, it } from 'vitest';
import { splitPlan } from '../../plan/split-plan.ts';
import { buildPlanFixture, populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { createVirtualEcho } from '../../testing/virtual-server.ts';
import type { Connector } from '../connection.ts';

const MS = 1000;
const SECOND = 1_000_000;

describe('connects at a pace of 300 a second', () => {
  it('are due evenly: the k-th of 100 at k / 300 s, and the last one 330 ms after the first', async () => {
    const { connections, attemptsUs } = await connectAll({ shards: 1, latencyUs: 0 });
    expect(attemptsUs).toEqual(Array.from({ length: 100 }, (_, k) => Math.ceil((k * SECOND) / 300)));
    expect(connections).toMatchObject([{ attempted: 100, opened: 100, openingUs: 330 * MS }]);
  });

  it('are the same ones at the same times over three shards', async () => {
    const whole = await connectAll({ shards: 1, latencyUs: 0 });
    const parts = await connectAll({ shards: 3, latencyUs: 0 });
    expect(parts.attemptsUs.sort((a, b) => a - b)).toEqual(whole.attemptsUs);
    expect(parts.connections.map(({ opened }) => opened)).toEqual([34, 33, 33]);
  });

  it('take longer where they are slow: ten at a time that need 100 ms each open 100 a second', async () => {
    const { connections } = await connectAll({ shards: 1, latencyUs: 100 * MS });
    // The tenth is due 30 ms after the first; from then on each waits for a place.
    expect(connections[0]!.openingUs).toBe(1_030 * MS);
  });
});

it('tells after every attempt how many are open by then', async () => {
  const { told } = await connectAll({ shards: 1, latencyUs: 0 });
  expect(told).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});

it('connects without a pace all begin at once', async () => {
  const { attemptsUs } = await connectAll({ shards: 1, latencyUs: 0, perSecond: null });
  expect(attemptsUs).toEqual(new Array(100).fill(0));
});

/** 100 clients, ten at a time in each shard: what became of it in each, and when attempts began. */
async function connectAll({
  shards,
  latencyUs,
  perSecond = 300,
}: {
  readonly shards: number;
  readonly latencyUs: number;
  readonly perSecond?: number | null;
}) {
  const population = { ...populationFixture(100, 1), connectPerSecond: perSecond };
  const attemptsUs: number[] = [];
  const told: number[] = [];
  const connections = [];
  for (const shard of splitPlan(buildPlanFixture({ population }), shards)) {
    const clock = new VirtualClock();
    const echo = createVirtualEcho(clock, (atUs) => atUs);
    const connector: Connector = {
      async connect(...args) {
        attemptsUs.push(clock.nowUs());
        await new Promise<void>((resolve) => clock.after(latencyUs, resolve));
        return echo.connect(...args);
      },
    };
    const report = await runShardOn(
      clock,
      connector,
      { population },
      {
        connectConcurrency: 10,
        onConnecting: (opened) => told.push(opened),
        shard: { index: shard.index, count: shard.count },
      },
    );
    connections.push(report.connections);
  }
  return { connections, attemptsUs, told };
}
