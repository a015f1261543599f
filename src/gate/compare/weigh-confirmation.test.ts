import { expect, it } from 'vitest';
import { compareRuns } from './compare-runs.ts';
import type { Comparison } from './comparison.ts';
import { COUNT_NAMES, type CountName } from './count-names.ts';
import type { RunSample } from './run-sample.ts';
import { weighConfirmation } from './weigh-confirmation.ts';

const NONE = Object.fromEntries(COUNT_NAMES.map((name) => [name, 0])) as RunSample['counts'];

interface Head {
  /** Factors by which head's times are longer. */
  readonly p50?: number;
  readonly p95?: number;
  readonly trials?: number;
  readonly counts?: Partial<Record<CountName, number>>;
  /** Of base. */
  readonly before?: Partial<Record<CountName, number>>;
}

function compareHead({ p50 = 1, p95 = 1, trials = 5, counts = {}, before = {} }: Head): Comparison {
  const runs = (factors: readonly [number, number], count: number, more: Head['counts']) =>
    Array.from({ length: count }, (_, index): RunSample => {
      const us = 20_000 + 100 * index;
      const timesUs = { 'delivery.p50': us * factors[0], 'delivery.p95': us * factors[1] };
      return {
        id: String(index),
        problem: null,
        stealRatio: 0,
        latenessUs: 100,
        timesUs,
        counts: { ...NONE, ...more },
      };
    });
  const tolerances = new Map([
    ['delivery.p50', 0.1],
    ['delivery.p95', 0.1],
  ]);
  const head = { label: 'head', runs: runs([p50, p95], trials, counts) };
  return compareRuns({ label: 'base', runs: runs([1, 1], 5, before) }, head, { tolerances, floorUs: 1000 });
}

const SLOW = compareHead({ p50: 2 });
const SOUND = compareHead({});

it('a time that is worse again is confirmed', () => {
  expect(weighConfirmation(SLOW, compareHead({ p50: 1.5, p95: 3 }))).toMatchObject({
    verdict: 'fail',
    exitCode: 4,
    confirmed: true,
  });
});

it('a time that is not worse again has not regressed', () => {
  expect(weighConfirmation(SLOW, SOUND)).toMatchObject({ verdict: 'pass', exitCode: 0, confirmed: false });
});

it('what could not be measured again is neither: inconclusive, with both reasons', () => {
  const { verdict, exitCode, confirmed, reasons } = weighConfirmation(SLOW, compareHead({ trials: 1 }));
  expect({ verdict, exitCode, confirmed }).toEqual({ verdict: 'inconclusive', exitCode: 5, confirmed: null });
  expect(reasons).toEqual([
    expect.stringMatching(/^delivery\.p50 is worse/),
    expect.stringMatching(/^measured again: too few runs/),
  ]);
});

it('another time that is worse confirms nothing: inconclusive, with both reasons', () => {
  const { verdict, exitCode, confirmed, reasons } = weighConfirmation(SLOW, compareHead({ p95: 2 }));
  expect({ verdict, exitCode, confirmed }).toEqual({ verdict: 'inconclusive', exitCode: 5, confirmed: false });
  expect(reasons).toEqual([
    expect.stringMatching(/^delivery\.p50 is worse/),
    expect.stringMatching(/^measured again: delivery\.p95 is worse/),
  ]);
});

it.each(COUNT_NAMES)('%s in the first session stays a failure, whatever the second one says', (name) => {
  const first = compareHead({ p50: 2, counts: { [name]: 3 } });
  const told = [expect.stringMatching(/^delivery\.p50 is worse/), `${name}: 3 in the worst run, 0 in base`];
  expect(weighConfirmation(first, SOUND)).toMatchObject({
    verdict: 'fail',
    exitCode: 4,
    confirmed: false,
    reasons: [...told, 'measured again: no regression found'],
  });
  expect(weighConfirmation(first, compareHead({ trials: 1 }))).toMatchObject({
    verdict: 'fail',
    exitCode: 4,
    confirmed: null,
    reasons: [...told, expect.stringMatching(/^measured again: too few runs/)],
  });
  expect(weighConfirmation(first, SLOW)).toMatchObject({
    verdict: 'fail',
    exitCode: 4,
    confirmed: true,
    reasons: [...told, expect.stringMatching(/^measured again: delivery\.p50 is worse/)],
  });
});

it.each(COUNT_NAMES)('%s in the second session alone is a failure as well', (name) => {
  expect(weighConfirmation(SLOW, compareHead({ counts: { [name]: 1 } }))).toMatchObject({
    verdict: 'fail',
    exitCode: 4,
    confirmed: false,
    reasons: [
      expect.stringMatching(/^delivery\.p50 is worse/),
      `measured again: ${name}: 1 in the worst run, 0 in base`,
    ],
  });
});

it('a count that base has as well is a sample, as times are', () => {
  const before = { duplicated: 3 };
  const more = compareHead({ before, counts: { duplicated: 9 } });
  expect(more.verdict).toBe('fail');
  expect(weighConfirmation(more, compareHead({ before, counts: before }))).toMatchObject({
    exitCode: 0,
    confirmed: false,
  });
  expect(weighConfirmation(more, more)).toMatchObject({ exitCode: 4, confirmed: true });
});
