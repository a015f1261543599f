import { expect, it } from 'vitest';
import { stepFixture } from '../testing/experiment-fixture.ts';
import { describeHopGrowth } from './describe-hop-growth.ts';

type Hops = readonly (readonly [name: string, meanUs: number, cpuRatio: number | null])[];

function step(value: number, hops: Hops, verdict: 'pass' | 'fail' | 'invalid' = 'pass') {
  const base = stepFixture(value, 5);
  const told = hops.map(([name, meanUs, cpuRatio]) => ({
    ...{ name, meanUs, process: cpuRatio === null ? null : `${name}-1`, cpuRatio },
  }));
  return { ...base, verdict, figures: { ...base.figures, hops: told } };
}

const LOW = step(1_000, [
  ['queue', 1_000, 0.2],
  ['commit', 3_000, 0.1],
]);
const HIGH = step(9_000, [
  ['queue', 12_000, 0.96],
  ['commit', 4_000, 0.5],
]);
const SAID =
  'From 1000/s to 9000/s the hop "queue" grew most: from 25 % of a delivery\'s mean (1.00 ms) to 75 % (12.0 ms); queue-1 used 96 % of a core there.';

it('tells the hop whose share grew most with the load, from the least to the most, in whatever order they ran', () => {
  const between = step(5_000, [['commit', 9_000, null]]);
  expect(describeHopGrowth({ kind: 'capacity', steps: [HIGH, LOW, between] })).toEqual([SAID]);
});

it('leaves out what cannot be trusted', () => {
  const invalid = step(20_000, [['commit', 90_000, 1]], 'invalid');
  expect(describeHopGrowth({ kind: 'curve', steps: [LOW, HIGH, invalid] })).toEqual([SAID]);
});

it.each([
  [
    'nothing grew',
    'curve',
    [
      LOW,
      step(9_000, [
        ['queue', 2_000, 1],
        ['commit', 6_000, 1],
      ]),
    ],
  ],
  ['there was one load', 'capacity', [LOW, LOW]],
  ['frames do not say', 'sweep', [stepFixture(1, 2), stepFixture(2, 9)]],
  ['alternatives are no loads', 'matrix', [LOW, HIGH]],
] as const)('says nothing where %s', (_, kind, steps) => {
  expect(describeHopGrowth({ kind, steps: [...steps] })).toEqual([]);
});
