import { expect, it } from 'vitest';
import { judge } from '../gate/judge.ts';
import { encodeSamples } from '../record/encode-samples.ts';
import { runResult } from '../result/run-result.ts';
import { holdRate, loadFixture } from '../testing/plan-fixture.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { runShardOn } from '../testing/run-shard-on.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { createVirtualEcho } from '../testing/virtual-server.ts';

const MS = 1000;
const SECOND = 1_000_000;
const SECONDS = 10;

interface Stall {
  /** Of the generator's process, when its n-th message has just been sent; ms. */
  readonly generatorMs?: (message: number) => number;
  /** Of the server, in answer to the n-th message; ms. */
  readonly serverMs?: (message: number) => number;
}

/** 100 messages a second, which the server answers after 2 ms and its own stall. */
async function measure({ generatorMs = () => 0, serverMs = () => 0 }: Stall) {
  const clock = new VirtualClock();
  const echo = createVirtualEcho(clock, (atUs, message) => {
    const blockMs = generatorMs(message);
    if (blockMs > 0) clock.after(MS, () => clock.block(blockMs * MS));
    return atUs + (2 + serverMs(message)) * MS;
  });
  const report = await runShardOn(clock, echo, {
    load: loadFixture([holdRate(100, SECONDS)]),
    phases: { warmupUs: 0, measureUs: SECONDS * SECOND, drainTimeoutUs: SECOND },
  });
  const health = report.health.map((one) => ({
    ...one,
    cpuRatio: 0.1,
    starvedRatio: 0,
    gcPauseUs: 0,
    gcPauseMaxUs: 0,
  }));
  const samples = encodeSamples({ ...report, health, intervals: report.seconds });
  const { scenario } = buildResultFixture();
  // Within this budget no lateness by itself says anything of the run.
  const patient = { ...scenario, latenessBudgetUs: SECOND };
  return runResult.parse({
    ...buildResultFixture(),
    scenario: patient,
    schedule: report.planned,
    samples: structuredClone(samples),
  });
}

const once = (stallMs: number) => (message: number) => (message === 500 ? stallMs : 0);
const everyTenth = (stallMs: number) => (message: number) => (message % 10 === 0 ? stallMs : 0);

it.each([
  [
    'the generator stands still once, for 0.25 % of the run',
    { generatorMs: once(250) },
    'delivery.max < 100ms',
    'invalid',
  ],
  ['the same, acknowledged', { generatorMs: once(250) }, 'service.max < 100ms', 'invalid'],
  ['the same, at the last recipient', { generatorMs: once(250) }, 'fanoutLast.max < 100ms', 'invalid'],
  ['the same, in a stretch of a second', { generatorMs: once(250) }, 'delivery.max < 100ms for every 1s', 'invalid'],
  ['the server stands still once', { serverMs: once(250) }, 'delivery.max < 100ms', 'fail'],
  ['the server, in a stretch of a second', { serverMs: once(250) }, 'delivery.max < 100ms for every 1s', 'fail'],
  [
    'both, each long enough',
    { generatorMs: once(250), serverMs: (n: number) => (n === 200 ? 250 : 0) },
    'delivery.max < 100ms',
    'fail',
  ],
  [
    'the generator is stopped between every tenth send and its answer',
    { generatorMs: everyTenth(50) },
    'delivery.p95 < 20ms',
    'invalid',
  ],
  ['the server takes as long', { serverMs: everyTenth(50) }, 'delivery.p95 < 20ms', 'fail'],
  ['the generator stands still, and all holds', { generatorMs: once(50) }, 'delivery.max < 100ms', 'pass'],
  [
    'the threshold asks for as much, and the generator gives it',
    { generatorMs: once(250) },
    'delivery.max > 100ms',
    'pass',
  ],
] as const)('%s', async (_, stall: Stall, threshold, status) => {
  const { status: judged, warnings, thresholds } = judge(await measure(stall), [threshold]);
  expect(judged, JSON.stringify(thresholds)).toBe(status);
  const undecided = warnings.filter(({ code }) => code === 'undecided').map(({ message }) => message);
  expect(undecided).toEqual(status === 'invalid' ? [expect.stringContaining(`'${threshold}' is undecided`)] : []);
});
