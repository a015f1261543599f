import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { CpuQuota, Throttled } from '../cpu-limits.ts';
import { followThrottling, observeHealth } from './observe-health.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('counts the pauses while load is sent, and none of what was before or comes after', async () => {
  const idle = observeHealth();
  collectGarbage();
  await turn();
  expect(idle.report(0, {})).toMatchObject({ gcPauseUs: 0, gcPauseMaxUs: 0 });

  const busy = observeHealth();
  busy.start();
  collectGarbage();
  await turn();
  await turn();
  busy.stop();
  const { gcPauseUs, gcPauseMaxUs } = busy.report(0, {});
  expect(gcPauseMaxUs).toBeGreaterThan(0);
  collectGarbage();
  await turn();
  expect(busy.report(0, {})).toMatchObject({ gcPauseUs, gcPauseMaxUs });
});

it('tells pauses in microseconds: about as long as a collection takes', async () => {
  const health = observeHealth();
  // Enough that to go through it takes milliseconds.
  const held = Array.from({ length: 400_000 }, (_, n) => ({ n, next: { n } }));
  collectGarbage();
  await turn();
  health.start();
  const fromMs = performance.now();
  collectGarbage();
  const tookUs = (performance.now() - fromMs) * 1_000;
  await turn();
  await turn();
  health.stop();
  expect(held).toHaveLength(400_000);
  const { gcPauseMaxUs } = health.report(0, {});
  expect(gcPauseMaxUs).toBeGreaterThan(tookUs / 10);
  expect(gcPauseMaxUs).toBeLessThan(tookUs * 10);
});

it('counts the local ports that the fullest address took, whatever the path', () => {
  const { portsUsed, portsLimit } = observeHealth().report(0, {
    'ws://127.0.0.1:81/a': 3,
    'ws://127.0.0.1:81/b': 4,
    'ws://127.0.0.1:82/a': 6,
  });
  expect(portsUsed).toBe(7);
  if (process.platform === 'linux') expect(portsLimit).toBeGreaterThan(1_000);
});

it('tells the share of a core that was used, and none of what came after', async () => {
  const health = observeHealth();
  health.start();
  const fromMs = performance.now();
  const before = process.threadCpuUsage();
  while (performance.now() - fromMs < 200);
  const used = process.threadCpuUsage(before);
  health.stop();
  const spanUs = (performance.now() - fromMs) * 1_000;
  const { cpuRatio, starvedRatio } = health.report(0, {});
  // What a thread that never waits is not given, it waits for.
  const expected = (used.user + used.system) / spanUs;
  expect(Math.abs(cpuRatio - expected)).toBeLessThan(0.1);
  // Where others take the core, half of little is near it, too.
  expect(cpuRatio / expected).toBeGreaterThan(0.75);
  expect(cpuRatio / expected).toBeLessThan(1.25);
  if (starvedRatio !== null) expect(Math.abs(cpuRatio + starvedRatio - 1)).toBeLessThan(0.15);
  while (performance.now() - fromMs < 300);
  expect(health.report(0, {}).cpuRatio).toBe(cpuRatio);
});

/** A quota of half a core, whose figures are what was set last. */
function settableQuota() {
  let figures: Throttled | null = { us: 1_000, periods: 10, throttledPeriods: 1 };
  const quota: CpuQuota = { cores: 0.5, readThrottled: () => figures };
  return { quota, set: (next: Throttled | null) => (figures = next) };
}

it('tells what a quota did while load was sent, and none of what was before or comes after', () => {
  const { quota, set } = settableQuota();
  const health = observeHealth([{ cores: 3, readThrottled: () => null }, quota]);
  health.start();
  set({ us: 251_000, periods: 18, throttledPeriods: 5 });
  health.stop();
  set({ us: 999_000, periods: 99, throttledPeriods: 99 });
  expect(health.report(0, {}).quota).toEqual({ cores: 0.5, throttledUs: 250_000, throttledRatio: 0.5 });
});

it('knows of no quota where there is none, and of none at work in a moment in which no period has passed', () => {
  const none = observeHealth();
  none.start();
  none.stop();
  expect(none.report(0, {})).not.toHaveProperty('quota');
  const health = observeHealth([settableQuota().quota]);
  health.start();
  health.stop();
  expect(health.report(0, {}).quota).toEqual({ cores: 0.5, throttledUs: 0, throttledRatio: 0 });
});

it('tells from one time to the next for how long a quota stopped the process', () => {
  const { quota, set } = settableQuota();
  const drain = followThrottling([quota])!;
  expect(drain()).toBe(0);
  set({ us: 4_000, periods: 11, throttledPeriods: 2 });
  expect([drain(), drain()]).toEqual([3_000, 0]);
  // Figures that are gone for a moment are none that are new when they are back.
  set(null);
  expect(drain()).toBe(0);
  set({ us: 5_000, periods: 12, throttledPeriods: 3 });
  expect(drain()).toBe(1_000);
  expect(followThrottling([])).toBeNull();
});
