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

it('counts a connect from when the pace wanted it: p95 of a server that stands still for 3 s of 6 is 2,720 ms, not 10', async () => {
  const stalls = { fromUs: 2 * SECOND, toUs: 5 * SECOND };
  const { reports } = await connectAll({
    shards: 1,
    clients: 6_000,
    perSecond: 1_000,
    concurrency: 200,
    latencyUs: 10 * MS,
    stalls,
  });
  const [report] = reports;
  // Of 6,000 due one a millisecond, those due from 2 s on wait until 5 s, and then for one of 200 attempts of 10 ms each.
  for (const [percentile, dueMs] of [
    [25, 10],
    [90, 2_440],
    [95, 2_720],
  ] as const) {
    const actual = report!.quantile('connect', percentile);
    expect(Math.abs(actual - dueMs * MS), `p${percentile} is ${actual} µs`).toBeLessThanOrEqual(dueMs * MS * 0.01);
  }
  expect(report!.quantile('connectService', 95)).toBeLessThanOrEqual(10.1 * MS);
  // The last to begin late were due right after those that the standstill held.
  expect(report!.connections.paceLagUs).toBeGreaterThan(2_700 * MS);
  expect(report!.histograms.connect.count).toBe(6_000);
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
  clients = 100,
  concurrency = 10,
  stalls = { fromUs: 0, toUs: 0 },
}: {
  readonly shards: number;
  readonly latencyUs: number;
  readonly perSecond?: number | null;
  readonly clients?: number;
  readonly concurrency?: number;
  /** The server answers nothing from one time to the other. */
  readonly stalls?: { readonly fromUs: number; readonly toUs: number };
}) {
  const population = { ...populationFixture(clients, 1), connectPerSecond: perSecond };
  const attemptsUs: number[] = [];
  const told: number[] = [];
  const connections = [];
  const reports = [];
  for (const shard of splitPlan(buildPlanFixture({ population }), shards)) {
    const clock = new VirtualClock();
    const echo = createVirtualEcho(clock, (atUs) => atUs);
    const connector: Connector = {
      async connect(...args) {
        attemptsUs.push(clock.nowUs());
        const isStill = clock.nowUs() >= stalls.fromUs && clock.nowUs() < stalls.toUs;
        const waitUs = isStill ? stalls.toUs - clock.nowUs() : 0;
        await new Promise<void>((resolve) => clock.after(waitUs + latencyUs, resolve));
        return echo.connect(...args);
      },
    };
    const report = await runShardOn(
      clock,
      connector,
      { population },
      {
        connectConcurrency: concurrency,
        onConnecting: (opened) => told.push(opened),
        shard: { index: shard.index, count: shard.count },
      },
    );
    connections.push(report.connections);
    reports.push(report);
  }
  return { connections, reports, attemptsUs, told };
}
