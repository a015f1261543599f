import { describe, expect, it } from 'vitest';
import { selectProtocol } from '../protocol/select-protocol.ts';
import { protocolBlock } from '../scenario/protocol-block.ts';
import { holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { runShardOn } from '../testing/run-shard-on.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { createVirtualEcho, stallPeriodically } from '../testing/virtual-server.ts';
import type { Connector } from './connection.ts';

const MS = 1000;
const SECOND = 1_000_000;

describe('a shard against a server on the virtual clock', () => {
  it('tells of the health of its process while it sends, and of none of connecting and drain', async () => {
    const clock = new VirtualClock();
    // A quota that stops it a quarter of the time, in every second of its periods.
    const quota = {
      cores: 0.75,
      readThrottled: () => ({
        us: clock.nowUs() / 4,
        periods: Math.floor(clock.nowUs() / (100 * MS)),
        throttledPeriods: Math.floor(clock.nowUs() / (200 * MS)),
      }),
    };
    const echo = createVirtualEcho(clock, (atUs) => atUs + 500 * MS);
    const slow: Connector = {
      async connect(...args) {
        await new Promise<void>((resolve) => clock.after(3 * SECOND, resolve));
        return echo.connect(...args);
      },
    };
    const report = await runShardOn(
      clock,
      slow,
      {
        load: loadFixture([holdRate(100, 4)]),
        phases: { warmupUs: SECOND, measureUs: 4 * SECOND, drainTimeoutUs: SECOND },
        timeouts: { connectUs: 10 * SECOND, deliveryUs: 5 * SECOND },
      },
      { cpuQuotas: [quota] },
    );
    expect(report.ledger).toMatchObject({ planned: 400, once: 400 });
    expect(report.drainEndUs).toBeGreaterThan(5.4 * SECOND);
    expect(report.health[0]!.quota).toEqual({ cores: 0.75, throttledUs: (5 * SECOND) / 4, throttledRatio: 0.5 });
    expect(report.seconds.slice(1, 5).map(({ throttledUs }) => throttledUs)).toEqual(new Array(4).fill(SECOND / 4));
  });

  it('reports the closed form of a server that stalls 100 ms each second: p95 50, p99 90, p99.9 99 ms', async () => {
    const clock = new VirtualClock();
    const report = await runShardOn(clock, createVirtualEcho(clock, stallPeriodically(100 * MS, SECOND)), {
      load: loadFixture([holdRate(20_000, 10)]),
      phases: { warmupUs: 0, measureUs: 10 * SECOND, drainTimeoutUs: SECOND },
    });
    expect(report.ledger).toMatchObject({ planned: 200_000, sent: 200_000, once: 200_000, lost: 0 });
    for (const [percentile, expectedUs] of [
      [95, 50 * MS],
      [99, 90 * MS],
      [99.9, 99 * MS],
    ] as const) {
      const actual = report.quantile('delivery', percentile);
      expect(Math.abs(actual - expectedUs) / expectedUs, `p${percentile} is ${actual} µs`).toBeLessThanOrEqual(0.001);
    }
    expect(report.quantile('delivery', 50)).toBe(0);
  });

  it('reports the closed form of 10,000 values of 1 ms and then a pause of 100 s: p50 1 ms, p75 50, p90 80, p99 98 s', async () => {
    const clock = new VirtualClock();
    const pauseUs = { from: 100 * SECOND, to: 200 * SECOND };
    const server = createVirtualEcho(clock, (atUs) => (atUs < pauseUs.from ? atUs + MS : pauseUs.to));
    const report = await runShardOn(clock, server, {
      load: loadFixture([holdRate(100, 200)]),
      phases: { warmupUs: 0, measureUs: 200 * SECOND, drainTimeoutUs: SECOND },
    });
    expect(report.ledger).toMatchObject({ planned: 20_000, sent: 20_000, once: 20_000, lost: 0 });
    for (const [percentile, expectedUs] of [
      [50, 1 * MS],
      [75, 50 * SECOND],
      [90, 80 * SECOND],
      [99, 98 * SECOND],
    ] as const) {
      const actual = report.quantile('delivery', percentile);
      expect(Math.abs(actual - expectedUs) / expectedUs, `p${percentile} is ${actual} µs`).toBeLessThanOrEqual(0.001);
    }
  });

  it('counts from the intended time when its own loop was blocked, and shows the block as lateness', async () => {
    const clock = new VirtualClock();
    const block = () => {
      clock.block(100 * MS);
      if (clock.nowUs() < 5 * SECOND) clock.after(900 * MS, block);
    };
    clock.after(0, block);
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs) => atUs),
      {
        load: loadFixture([holdRate(20_000, 5)]),
        phases: { warmupUs: 0, measureUs: 5 * SECOND, drainTimeoutUs: SECOND },
      },
    );
    expect(report.ledger).toMatchObject({ sent: 100_000, once: 100_000 });
    for (const metric of ['delivery', 'lateness'] as const) {
      const p99 = report.quantile(metric, 99);
      expect(Math.abs(p99 - 90 * MS) / (90 * MS), `${metric} p99 is ${p99} µs`).toBeLessThanOrEqual(0.001);
    }
    // Counted from the send, the block does not exist: the error of every closed loop.
    expect(report.quantile('service', 99)).toBe(0);
  });

  it('measures a last stage of nothing to its end, and drains only then', async () => {
    const clock = new VirtualClock();
    const server = createVirtualEcho(clock, (atUs) => atUs + MS);
    const report = await runShardOn(clock, server, {
      load: loadFixture([holdRate(100, 1), holdRate(0, 4)]),
      phases: { warmupUs: 0, measureUs: 5 * SECOND, drainTimeoutUs: SECOND },
    });
    expect(report.ledger).toMatchObject({ planned: 100, sent: 100, once: 100 });
    expect(report.drainEndUs).toBeGreaterThanOrEqual(5 * SECOND);
    expect(report.seconds.map(({ second }) => second)).toEqual(expect.arrayContaining([0, 1, 2, 3, 4]));
  });

  it('skips what falls due while arrivals are paused, and moves no intended time', async () => {
    const clock = new VirtualClock();
    const isPaused = () => clock.nowUs() >= SECOND && clock.nowUs() < 1.5 * SECOND;
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs) => atUs + MS),
      {
        load: loadFixture([holdRate(100, 3)]),
        phases: { warmupUs: 0, measureUs: 3 * SECOND, drainTimeoutUs: SECOND },
      },
      { isPaused },
    );
    expect(report.ledger).toMatchObject({ planned: 300, sent: 250, skipped: 50, once: 250, lost: 0 });
    expect(report.seconds.map(({ offered, skipped }) => [offered, skipped]).slice(0, 3)).toEqual([
      [100, 0],
      [100, 50],
      [100, 0],
    ]);
    expect(report.histograms.lateness.maxUs).toBe(0);
  });

  it('keeps warm-up out of every figure and audits it apart', async () => {
    const clock = new VirtualClock();
    // Slow, and losing the first message, during warm-up only.
    const answer = (atUs: number, frame: number) => (frame === 0 ? null : atUs < SECOND ? atUs + 200 * MS : atUs + 7);
    const report = await runShardOn(clock, createVirtualEcho(clock, answer), {
      load: loadFixture([holdRate(100, 2)]),
      phases: { warmupUs: SECOND, measureUs: 2 * SECOND, drainTimeoutUs: SECOND },
    });
    expect(report.ledger).toMatchObject({ planned: 200, sent: 200, expected: 200, once: 200, lost: 0 });
    expect(report.warmupLedger).toMatchObject({ planned: 100, sent: 100, once: 99, lost: 1 });
    expect(report.histograms.delivery).toMatchObject({ count: 200, maxUs: 7 });
    expect(report.histograms.lateness.count).toBe(200);
  });

  it('counts lost, duplicated and late deliveries under their names', async () => {
    const clock = new VirtualClock();
    const answer = (atUs: number, frame: number) => {
      if (frame % 10 === 3) return null;
      if (frame % 10 === 5) return [atUs + 10, atUs + 20];
      return frame % 10 === 7 ? atUs + 6 * SECOND : atUs + 10;
    };
    const report = await runShardOn(clock, createVirtualEcho(clock, answer), {
      phases: { warmupUs: 0, measureUs: SECOND, drainTimeoutUs: 8 * SECOND },
    });
    expect(report.ledger).toMatchObject({ expected: 100, once: 90, lost: 10, duplicated: 10, late: 10 });
    expect(report.examples.filter(({ kind }) => kind === 'lost').map(({ sequence }) => sequence % 10)).toEqual(
      Array.from({ length: 10 }, () => 3),
    );
  });

  it('ends drain with the last expected delivery, not with its timeout', async () => {
    const clock = new VirtualClock();
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs) => atUs + 300 * MS),
      {
        phases: { warmupUs: 0, measureUs: SECOND, drainTimeoutUs: 60 * SECOND },
      },
    );
    expect(report.drainEndUs).toBeGreaterThanOrEqual(1_290 * MS);
    expect(report.drainEndUs).toBeLessThan(1_310 * MS);
  });

  it('cuts the run into seconds that add up to the ledger', async () => {
    const clock = new VirtualClock();
    const { seconds } = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs) => atUs + 300 * MS),
      {
        load: loadFixture([holdRate(100, 3)]),
        phases: { warmupUs: 0, measureUs: 3 * SECOND, drainTimeoutUs: SECOND },
      },
    );
    expect(seconds.map(({ sent, delivered, inFlight }) => [sent, delivered, inFlight])).toEqual([
      [100, 70, 30],
      [100, 100, 30],
      [100, 100, 30],
      [0, 30, 0],
    ]);
    expect(seconds.reduce((sum, { delivery }) => sum + delivery.count, 0)).toBe(300);
  });

  it.each([
    ['nothing is due', loadFixture([holdRate(100, 1), holdRate(0, 4), holdRate(100, 1)]), (atUs: number) => atUs + MS],
    [
      'a closed loop waits for a server that stalls',
      loadFixture([holdRate(1, 6)], { loop: 'closed' as const, thinkTimeUs: 100 * MS }),
      (atUs: number) => (atUs < SECOND ? atUs + MS : 5 * SECOND),
    ],
  ])('tells of each second when it is over while %s', async (_, load, answerAtUs) => {
    const clock = new VirtualClock();
    const told: number[][] = [];
    await runShardOn(
      clock,
      createVirtualEcho(clock, answerAtUs),
      { load, phases: { warmupUs: 0, measureUs: 6 * SECOND, drainTimeoutUs: SECOND } },
      { onInterval: ({ second }) => told.push([second, clock.nowUs()]) },
    );
    expect(told.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((second) => [second, (second + 1) * SECOND]));
  });

  it('tells deliveries apart by the size of their room, and sends bodies of several sizes in order', async () => {
    const clock = new VirtualClock();
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs) => atUs + 5),
      {
        population: {
          clients: 5,
          roomClasses: [{ size: 1, count: 5 }],
          roomChoice: { kind: 'zipf', exponent: 2 },
          senderShare: 1,
          connectPerSecond: null,
        },
        load: loadFixture([holdRate(1000, 1)], {
          payloads: [
            { bytes: 30, share: 0.5 },
            { bytes: 300, share: 0.5 },
          ],
        }),
      },
    );
    expect(report.ledger).toMatchObject({ sent: 1000, once: 1000, reordered: 0, lost: 0 });
    expect(report.breakdowns).toEqual({});
  });

  it('counts the clients that a message has reached: in turn, 7 messages reach 7 of 10', async () => {
    const clock = new VirtualClock();
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs) => atUs + 5),
      {
        population: { ...populationFixture(10, 1), roomChoice: { kind: 'in-turn' } },
        load: loadFixture([holdRate(7, 1)]),
      },
    );
    expect(report.connections).toMatchObject({ opened: 10, reached: 7 });
  });

  it('counts what a connection closed by the server cannot send as unsendable, not as skipped', async () => {
    const clock = new VirtualClock();
    const echo = createVirtualEcho(clock, (atUs) => atUs);
    const closing: Connector = {
      async connect(opening, timeoutUs, listener) {
        const outcome = await echo.connect(opening, timeoutUs, listener);
        clock.after(500 * MS, () => {
          if (outcome.outcome === 'ok') outcome.connection.close();
          listener.onClose('gone');
        });
        return outcome;
      },
    };
    const report = await runShardOn(clock, closing, {});
    expect(report.ledger).toMatchObject({ planned: 100, sent: 50, skipped: 0, unsendable: 50 });
    expect(report.connections.dropped).toBe(4);
  });
});

it.each([
  ['without rules, MessagePack is not unpacked: markers are found as they are', {}, true],
  ['with a rule, it is, frame by frame', { error: { json: { ok: false } } }, false],
])('%s', async (_what, rules, isOpaque) => {
  const clock = new VirtualClock();
  const spec = protocolBlock.parse({
    encoding: 'msgpack',
    send: { n: '{seq}', text: '{body}' },
    'sender-receives': true,
    ...rules,
  });
  const protocol = await selectProtocol(spec, {});
  let unpacked = 0;
  const unwrap = (frame: Uint8Array) => {
    unpacked++;
    return protocol.unwrap!(frame);
  };
  const report = await runShardOn(
    clock,
    createVirtualEcho(clock, (atUs) => atUs + MS),
    { load: loadFixture([holdRate(100, 2)]), phases: { warmupUs: 0, measureUs: 2 * SECOND, drainTimeoutUs: SECOND } },
    { protocol: { ...protocol, unwrap } },
  );
  expect(report.ledger).toMatchObject({ planned: 200, once: 200, lost: 0, misrouted: 0 });
  expect(protocol.isOpaque).toBe(isOpaque);
  expect(unpacked).toBe(isOpaque ? 0 : 200);
});
