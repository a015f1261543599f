import { describe, expect, it } from 'vitest';
import type { ExperimentStep } from '../result/experiment-result.ts';
import { stepFixture } from '../testing/experiment-fixture.ts';
import { chooseWinners } from './choose-winners.ts';
import { foldTrials } from './fold-trials.ts';

/** A step with these p95s in ms, one for each trial. */
function cell(label: string, load: string, p95s: readonly number[], change: Partial<ExperimentStep> = {}) {
  const [folded] = foldTrials(p95s.map((ms) => stepFixture(100, ms, { label, load, value: null, ...change })));
  return folded!;
}

const lossy = { ...stepFixture(100, 1).figures, lost: 1 };

describe('of combinations', () => {
  it.each([
    ['each run once, however far apart', [cell('a', '', [1]), cell('b', '', [900])], null, 'single-trials'],
    ['two trials each', [cell('a', '', [1, 1]), cell('b', '', [9, 9])], null, 'single-trials'],
    ['whose trials are all apart', [cell('b', '', [7, 8, 9]), cell('a', '', [1, 2, 6])], 1, null],
    ['of which one trial overlaps', [cell('a', '', [1, 2, 8]), cell('b', '', [7, 8, 9])], null, 'within-spread'],
    [
      'of three, with two alike',
      [cell('a', '', [1, 2, 3]), cell('b', '', [2, 3, 4]), cell('c', '', [8, 9, 9])],
      null,
      'within-spread',
    ],
    [
      'the faster of which lost deliveries',
      [cell('a', '', [1, 1, 1], { figures: lossy }), cell('b', '', [7, 8, 9])],
      1,
      null,
    ],
    [
      'the faster of which cannot be trusted',
      [cell('a', '', [1, 1, 1], { verdict: 'invalid' }), cell('b', '', [7, 8, 9])],
      null,
      'no-figures',
    ],
  ])('%s', (_, steps, step, reason) => expect(chooseWinners(steps)).toEqual([{ load: '', step, reason }]));

  it('has one for each load, and none where a load has nothing to compare', () => {
    const from = (ms: number) => [ms, ms + 1, ms + 2];
    const steps = [
      cell('pubsub rate=100/s', 'rate=100/s', from(1)),
      cell('worker rate=100/s', 'rate=100/s', from(5)),
      cell('pubsub rate=900/s', 'rate=900/s', from(50)),
      cell('worker rate=900/s', 'rate=900/s', from(40)),
      cell('worker rate=9000/s', 'rate=9000/s', from(40)),
    ];
    expect(chooseWinners(steps)).toEqual([
      { load: 'rate=100/s', step: 0, reason: null },
      { load: 'rate=900/s', step: 3, reason: null },
    ]);
  });
});

describe('trials of one combination', () => {
  it('are a step with the figures of the median one, all losses, and the worst verdict', () => {
    const step = cell('a', 'rate=1/s', [5, 1, 9]);
    expect(step).toMatchObject({ label: 'a', load: 'rate=1/s', verdict: 'pass', held: true, figures: { p95Us: 5000 } });
    expect(step.trials.map(({ p95Us }) => p95Us)).toEqual([5000, 1000, 9000]);
    const trials = [
      stepFixture(1, 1, { label: 'a' }),
      stepFixture(1, 2, {
        label: 'a',
        verdict: 'fail',
        held: false,
        bindings: [{ kind: 'backlog', text: 'grew' }],
        figures: { ...lossy, p95Us: null },
      }),
      stepFixture(1, 3, { label: 'b' }),
    ];
    expect(foldTrials(trials)).toMatchObject([
      {
        label: 'a',
        verdict: 'fail',
        held: false,
        bindings: [{ text: 'grew' }],
        figures: { lost: 1, p95Us: 1000 },
        trials: [{}, {}],
      },
      { label: 'b', verdict: 'pass', trials: [{ p95Us: 3000 }] },
    ]);
  });
});
