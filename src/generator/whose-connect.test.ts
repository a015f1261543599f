import { expect, it } from 'vitest';
import { judge } from '../gate/judge.ts';
import { encodeSamples } from '../record/encode-samples.ts';
import { runResult } from '../result/run-result.ts';
import { holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { runShardOn } from '../testing/run-shard-on.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { createVirtualEcho } from '../testing/virtual-server.ts';
import type { ConnectionListener, Connector } from './connection.ts';

const MS = 1000;
const SECOND = 1_000_000;

interface Stall {
  /** Of the generator's process, in the middle of the n-th handshake; ms. */
  readonly generatorMs?: (connect: number) => number;
  /** Of the server, in answer to the n-th handshake; ms. */
  readonly serverMs?: (connect: number) => number;
  /** The server drops one client after so many seconds. */
  readonly isDropping?: boolean;
}

/** 200 clients, 100 a second, whose handshakes take two turns of 1 ms each and the server's own stall; all wait for one that stands still. */
async function connectAll({ generatorMs = () => 0, serverMs = () => 0, isDropping = false }: Stall) {
  const clock = new VirtualClock();
  const echo = createVirtualEcho(clock, (atUs) => atUs + 2 * MS);
  const turn = (delayUs: number) => new Promise<void>((resolve) => clock.after(delayUs, resolve));
  let connects = 0;
  let stillUntilUs = 0;
  const connector: Connector = {
    async connect(opening, timeoutUs, listener: ConnectionListener) {
      const connect = ++connects;
      await turn(MS);
      const blockMs = generatorMs(connect);
      if (blockMs > 0) clock.block(blockMs * MS);
      stillUntilUs = Math.max(stillUntilUs, clock.nowUs() + serverMs(connect) * MS);
      await turn(MS + stillUntilUs - clock.nowUs());
      const outcome = await echo.connect(opening, timeoutUs, listener);
      if (isDropping && connect === 200) clock.after(2 * SECOND, () => listener.onClose('closed'));
      return outcome;
    },
  };
  const population = { ...populationFixture(200, 2), connectPerSecond: 100 };
  const report = await runShardOn(clock, connector, {
    population,
    load: loadFixture([holdRate(100, 5)]),
    phases: { warmupUs: 0, measureUs: 5 * SECOND, drainTimeoutUs: SECOND },
    reconnect: isDropping ? { backoff: 'full-jitter', baseUs: MS, maxUs: MS } : null,
  });
  const health = report.health.map((one) => ({
    ...one,
    cpuRatio: 0.1,
    starvedRatio: 0,
    gcPauseUs: 0,
    gcPauseMaxUs: 0,
  }));
  const { scenario } = buildResultFixture();
  return runResult.parse({
    ...buildResultFixture(),
    scenario: { ...scenario, latenessBudgetUs: SECOND },
    schedule: report.planned,
    samples: structuredClone(encodeSamples({ ...report, health, intervals: report.seconds })),
  });
}

const at = (connect: number, ms: number) => (n: number) => (n === connect ? ms : 0);

it.each([
  ['nobody stands still', {}, 'connect.max < 10ms', 'pass'],
  [
    'the generator stands still, with 25 clients due meanwhile',
    { generatorMs: at(50, 250) },
    'connect.p95 < 100ms',
    'invalid',
  ],
  ['the same, for the one that had begun', { generatorMs: at(50, 250) }, 'connect.service.max < 100ms', 'invalid'],
  ['the server stands still, with 25 clients due meanwhile', { serverMs: at(50, 250) }, 'connect.p95 < 100ms', 'fail'],
  ['the same, for those that had begun', { serverMs: at(50, 250) }, 'connect.service.max < 100ms', 'fail'],
  [
    'both stand still, each long enough',
    { generatorMs: at(50, 250), serverMs: at(150, 250) },
    'connect.p95 < 100ms',
    'fail',
  ],
  ['the generator stands still, and all holds', { generatorMs: at(50, 60) }, 'connect.max < 100ms', 'pass'],
  [
    'the generator stands still while a client comes back',
    { isDropping: true, generatorMs: at(201, 250) },
    'reconnect.max < 100ms',
    'invalid',
  ],
  [
    'the server stands still while a client comes back',
    { isDropping: true, serverMs: at(201, 250) },
    'reconnect.max < 100ms',
    'fail',
  ],
] as const)('%s', async (_, stall: Stall, threshold, status) => {
  const { status: judged, thresholds, warnings } = judge(await connectAll(stall), [threshold]);
  expect(judged, JSON.stringify({ thresholds, warnings })).toBe(status);
});
