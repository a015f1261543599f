import { expect, it } from 'vitest';
import { withForeignShare } from './foreign-share.ts';
import type { ProcessSeries } from './observations.ts';

const SECOND = 1_000_000;
/** Two cores, of which programs use 60 %, then 50 %. */
const HOST = {
  stealRatio: 0,
  series: { atUs: [SECOND, 2 * SECOND, 4 * SECOND], stealRatio: [null, 0, 0], busyRatio: [null, 0.6, 0.5] },
};

/** Sampled half a second beside the host. */
function used(...cpuRatio: readonly (number | null)[]): ProcessSeries {
  const atUs = cpuRatio.map((_, index) => (index + 0.5) * SECOND);
  return { name: 'any', atUs, cpuRatio: [...cpuRatio], residentBytes: cpuRatio.map(() => 1) };
}

it('what programs used, less what generator and target did, is foreign', () => {
  // From 2 s to 4 s: 0.3 + 0.4 + 0.2 + 0.4 s of 4.
  // From 1 s to 2 s: half a second of 0.4 and one of 0.6, beside 0.2 all the time: 0.7 of two cores.
  const { foreignRatio, series } = withForeignShare(
    HOST,
    [used(null, 0.4, 0.6, 0.4, 0.4), used(null, 0.2, 0.2, 0.2, 0.2)],
    2,
  );
  expect(series?.foreignRatio).toEqual([null, 0.25, 0.175]);
  expect(foreignRatio).toBe(0.2);
});

it('is never less than nothing: ticks are 10 ms, and samples lie beside each other', () => {
  expect(withForeignShare(HOST, [used(null, 2, 2, 2, 2)], 2).foreignRatio).toBe(0);
});

it.each([
  ['the processes are not all known', HOST, null],
  ['the machine cannot tell', { stealRatio: null, series: null }, [used(null, 1)]],
])('is unknown where %s', (_, host, processes) => {
  expect(withForeignShare(host, processes, 2).foreignRatio).toBeNull();
});
