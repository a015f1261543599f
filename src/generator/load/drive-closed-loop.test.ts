import { describe, expect, it } from 'vitest';
import { holdRate, loadFixture, populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { createVirtualEcho, stallPeriodically } from '../../testing/virtual-server.ts';
import type { Connector } from '../connection.ts';

/** An echo after 1 ms, whose connections have 4 MiB waiting from one time to the other. */
function holdUp(clock: VirtualClock, [fromUs, toUs]: readonly [number, number]): Connector {
  const echo = createVirtualEcho(clock, (atUs) => atUs + MS);
  return {
    async connect(opening, timeoutUs, listener) {
      const outcome = await echo.connect(opening, timeoutUs, listener);
      const isHeldUp = () => clock.nowUs() >= fromUs && clock.nowUs() < toUs;
      const get = () => (isHeldUp() ? 4 * 1024 * 1024 : 0);
      if (outcome.outcome === 'ok') Object.defineProperty(outcome.connection, 'bufferedBytes', { get });
      return outcome;
    },
  };
}

const MS = 1000;
const SECOND = 1_000_000;

describe('a closed loop', () => {
  it('reports p99 = 1 ms of a server that stalls 100 ms each second, where the truth is 90 ms', async () => {
    const clock = new VirtualClock();
    const stalls = stallPeriodically(100 * MS, SECOND);
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs) => stalls(atUs) + MS),
      {
        population: populationFixture(1, 1),
        load: loadFixture([holdRate(1, 10)], { loop: 'closed' }),
        phases: { warmupUs: 0, measureUs: 10 * SECOND, drainTimeoutUs: SECOND },
      },
    );
    expect(report.quantile('delivery', 99)).toBe(1 * MS);
    expect(report.ledger.once).toBeGreaterThan(8_000);
    expect(report.quantile('delivery', 100)).toBeGreaterThan(90 * MS);
  });

  it('lets each sender think after its message has arrived, and only then send again', async () => {
    const clock = new VirtualClock();
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs) => atUs + 40 * MS),
      {
        population: populationFixture(3, 1),
        load: loadFixture([holdRate(1, 10)], { loop: 'closed', thinkTimeUs: 60 * MS }),
        phases: { warmupUs: 0, measureUs: 10 * SECOND, drainTimeoutUs: SECOND },
      },
    );
    // One message per sender in each 100 ms.
    expect(report.ledger).toMatchObject({ planned: 300, sent: 300, once: 300, lost: 0 });
    expect(report.histograms.lateness.maxUs).toBe(0);
  });

  it('goes on after a message that never arrives, once the delivery timeout has passed', async () => {
    const clock = new VirtualClock();
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs, frame) => (frame === 0 ? null : atUs + MS)),
      {
        population: populationFixture(1, 1),
        load: loadFixture([holdRate(1, 10)], { loop: 'closed', thinkTimeUs: 99 * MS }),
        phases: { warmupUs: 0, measureUs: 10 * SECOND, drainTimeoutUs: SECOND },
      },
    );
    expect(report.ledger).toMatchObject({ lost: 1, sent: 51 });
  });

  it('goes on with a sender whose connection took no more for a second, and leaves out one message', async () => {
    const clock = new VirtualClock();
    const report = await runShardOn(clock, holdUp(clock, [2 * SECOND, 3 * SECOND]), {
      population: populationFixture(1, 1),
      load: loadFixture([holdRate(1, 10)], { loop: 'closed', thinkTimeUs: 99 * MS }),
      phases: { warmupUs: 0, measureUs: 10 * SECOND, drainTimeoutUs: SECOND },
    });
    // One each 100 ms, of which it was held up for a second of ten.
    expect(report.ledger).toMatchObject({ planned: 91, sent: 90, skipped: 1, unsendable: 0, lost: 0 });
    expect(report.seconds.map(({ sent }) => sent)).toEqual([10, 10, 0, 10, 10, 10, 10, 10, 10, 10]);
  });

  it('has one message in flight per sender, also after one that arrives when it had been given up', async () => {
    const clock = new VirtualClock();
    // The first two take 5.5 s, half a second longer than the delivery timeout; those after it 0.8 s.
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs, frame) => (frame < 2 ? atUs + 5.5 * SECOND : atUs + 800 * MS)),
      {
        population: populationFixture(1, 1),
        load: loadFixture([holdRate(1, 12)], { loop: 'closed', thinkTimeUs: 200 * MS }),
        phases: { warmupUs: 0, measureUs: 12 * SECOND, drainTimeoutUs: 6 * SECOND },
      },
    );
    // At 0, 5 and 10 s as each is given up; the third arrives at 10.8 s, and the next goes out at 11 s.
    expect(report.seconds.flatMap(({ second, sent }) => (sent > 0 ? [[second, sent]] : []))).toEqual([
      [0, 1],
      [5, 1],
      [10, 1],
      [11, 1],
    ]);
    expect(report.ledger).toMatchObject({ sent: 4, once: 4, late: 2, lost: 0 });
  });

  it('sends nothing before the run begins, also where timers fire early: without a warm-up all is measured', async () => {
    class EarlyClock extends VirtualClock {
      override after(delayUs: number, callback: () => void) {
        return super.after(delayUs - (delayUs > 2 * MS ? 1.8 * MS : 0), callback);
      }
    }
    const clock = new EarlyClock();
    const report = await runShardOn(
      clock,
      createVirtualEcho(clock, (atUs) => atUs + MS),
      {
        population: populationFixture(1, 1),
        load: loadFixture([holdRate(1, 1)], { loop: 'closed', thinkTimeUs: 99 * MS }),
        phases: { warmupUs: 0, measureUs: SECOND, drainTimeoutUs: SECOND },
      },
      { awaitStart: async () => clock.nowUs() + 50 * MS },
    );
    expect(report.warmupLedger.sent).toBe(0);
    expect(report.ledger.sent).toBeGreaterThanOrEqual(10);
    expect(report.seconds[0]).toMatchObject({ second: 0, sent: report.ledger.sent });
  });
});
