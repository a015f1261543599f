import { expect, it } from 'vitest';
import { judge } from '../gate/judge.ts';
import { encodeSamples } from '../record/encode-samples.ts';
import { holdRate, loadFixture } from '../testing/plan-fixture.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { runShardOn } from '../testing/run-shard-on.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { createVirtualEcho } from '../testing/virtual-server.ts';

const MS = 1000;
const SECOND = 1_000_000;

it.each([
  ['100 ms each second', 100, 'invalid'],
  ['never', 0, 'pass'],
] as const)('a run whose generator is blocked %s is judged by its lateness', async (_, blockMs, status) => {
  const clock = new VirtualClock();
  const block = () => {
    clock.block(blockMs * MS);
    if (clock.nowUs() < 3 * SECOND) clock.after(SECOND - blockMs * MS, block);
  };
  clock.after(0, block);
  const report = await runShardOn(
    clock,
    createVirtualEcho(clock, (atUs) => atUs + 1),
    {
      load: loadFixture([holdRate(20_000, 3)]),
      phases: { warmupUs: 0, measureUs: 3 * SECOND, drainTimeoutUs: SECOND },
    },
  );
  // S − (1 − q) · T of a block S every period T; 0 without one.
  const expectedUs = blockMs === 0 ? 0 : blockMs * MS - 0.01 * SECOND;
  expect(Math.abs(report.quantile('lateness', 99) - expectedUs)).toBeLessThanOrEqual(expectedUs * 0.001);
  const healthy = report.health.map((health) => ({
    ...health,
    cpuRatio: 0.1,
    starvedRatio: 0,
    gcPauseUs: 0,
    gcPauseMaxUs: 0,
  }));
  const samples = encodeSamples({ ...report, health: healthy, intervals: report.seconds });
  const result = { ...buildResultFixture(), schedule: report.planned, samples: structuredClone(samples) as never };
  const verdict = judge(result, ['delivery.p50 < 1s']);
  expect(verdict.status).toBe(status);
  expect(verdict.warnings.map(({ code }) => code)).toEqual(blockMs > 0 ? ['lateness', 'generator-blocked'] : []);
});
