import { expect, it } from 'vitest';
import { compareRuns } from '../../gate/compare/compare-runs.ts';
import type { Comparison } from '../../gate/compare/comparison.ts';
import { COUNT_NAMES, type RunSample } from '../../gate/compare/run-sample.ts';
import { weighConfirmation } from './compare.ts';

const counts = Object.fromEntries(COUNT_NAMES.map((name) => [name, 0])) as RunSample['counts'];

function compareAt(factor: number, trials: number): Comparison {
  const runs = (scale: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const timesUs = { 'delivery.p50': (20_000 + 100 * index) * scale };
      return { id: String(index), problem: null, timesUs, counts };
    });
  const options = { tolerances: new Map([['delivery.p50', 0.1]]), floorUs: 1000 };
  return compareRuns({ label: 'base', runs: runs(1, 5) }, { label: 'head', runs: runs(factor, trials) }, options);
}

const FAILED = compareAt(2, 5);

it('a regression that is there again is confirmed', () => {
  expect(weighConfirmation(FAILED, compareAt(1.5, 5))).toMatchObject({ verdict: 'fail', exitCode: 4, confirmed: true });
});

it('a regression that is not there again is none', () => {
  expect(weighConfirmation(FAILED, compareAt(1, 5))).toMatchObject({ verdict: 'pass', exitCode: 0, confirmed: false });
});

it('what could not be measured again is neither: inconclusive, with both reasons', () => {
  const { verdict, exitCode, confirmed, reasons } = weighConfirmation(FAILED, compareAt(1, 1));
  expect({ verdict, exitCode, confirmed }).toEqual({ verdict: 'inconclusive', exitCode: 5, confirmed: null });
  expect(reasons).toEqual([
    expect.stringMatching(/^delivery\.p50 is worse/),
    expect.stringMatching(/^measured again: too few runs/),
  ]);
});
