import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallResult } from '../../testing/small-result.ts';
import { judge } from '../judge.ts';
import {
  type ChoiceRule,
  chooseTrials,
  describeUnsound,
  factsOfPair,
  isSettled,
  readTrialFacts,
  type TrialFacts,
} from './choose-trials.ts';

const facts = fc.record({
  problem: fc.option(fc.constant('late'), { nil: null, freq: 3 }),
  stealRatio: fc.option(fc.constantFrom(0, 0.001, 0.02, 0.0201, 0.08, 0.5), { nil: null }),
});
const rules = fc
  .record({ wanted: fc.integer({ min: 1, max: 9 }), more: fc.nat(9), maxStealRatio: fc.constantFrom(0, 0.02, 1) })
  .map(({ wanted, more, maxStealRatio }): ChoiceRule => ({ wanted, mostTrials: wanted + more, maxStealRatio }));
const endless = fc.infiniteStream(facts);

/** Trials as they come, until no further one is run. */
function runTrials(stream: Iterable<TrialFacts>, rule: ChoiceRule): readonly TrialFacts[] {
  const trials: TrialFacts[] = [];
  for (const trial of stream) {
    if (isSettled(trials, rule)) break;
    trials.push(trial);
  }
  return trials;
}

describe('the choice of trials', () => {
  it('never looks at what was measured: times that change places between the trials change nothing', () => {
    const trials = fc.array(fc.tuple(facts, fc.integer({ min: 1, max: 900 })), { minLength: 1, maxLength: 12 });
    const shuffled = trials.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(
          list.map(([, ms]) => ms),
          { minLength: list.length },
        ),
      ),
    );
    const factsOf = ({ problem, stealRatio }: TrialFacts, ms: number) => {
      const result = smallResult({
        histograms: {
          delivery: Array.from({ length: 100 }, () => ms * 1000),
          ack: Array.from({ length: 100 }, () => ms * 500),
        },
        run: { host: { stealRatio, foreignRatio: null, series: null } },
        samples: { oddValues: problem === null ? 0 : 1 },
      });
      // Thresholds hold or not: a trial that fails is as good as one that passes.
      return readTrialFacts(result, judge(result, ['delivery.p95 < 100ms']));
    };
    fc.assert(
      fc.property(shuffled, rules, ([list, others], rule) => {
        const here = list.map(([fact, ms]) => factsOf(fact, ms));
        const there = list.map(([fact], index) => factsOf(fact, others[index]!));
        expect(chooseTrials(there, rule)).toEqual(chooseTrials(here, rule));
        expect(isSettled(there, rule)).toBe(isSettled(here, rule));
      }),
      { numRuns: 40 },
    );
  });

  it('takes as many as are wanted, and says of every other one why not', () => {
    fc.assert(
      fc.property(endless, rules, (stream, rule) => {
        const trials = runTrials(stream, rule);
        const { chosen, setAside } = chooseTrials(trials, rule);
        expect(trials.length).toBeLessThanOrEqual(rule.mostTrials);
        expect(chosen).toHaveLength(rule.wanted);
        expect([...chosen, ...setAside.map(({ trial }) => trial)].sort((a, b) => a - b)).toEqual([...trials.keys()]);
        for (const { trial, reason } of setAside)
          expect(reason).toBe(describeUnsound(trials[trial]!, rule.maxStealRatio));
      }),
    );
  });

  it('prefers sound to disturbed, less disturbed to more, and any valid trial to an invalid one', () => {
    fc.assert(
      fc.property(endless, rules, (stream, rule) => {
        const trials = runTrials(stream, rule);
        const { chosen, setAside, overBudget } = chooseTrials(trials, rule);
        const rank = ({ problem, stealRatio }: TrialFacts) =>
          (problem === null ? 0 : 10) + ((stealRatio ?? 0) <= rule.maxStealRatio ? 0 : stealRatio!);
        const worst = Math.max(...chosen.map((index) => rank(trials[index]!)));
        for (const { trial } of setAside) expect(rank(trials[trial]!)).toBeGreaterThanOrEqual(worst);
        const isSound = chosen.every((index) => describeUnsound(trials[index]!, rule.maxStealRatio) === null);
        if (isSound) expect(overBudget).toBe(0);
      }),
    );
  });
});

describe('trials go on', () => {
  const rule: ChoiceRule = { wanted: 2, mostTrials: 4, maxStealRatio: 0.02 };
  const sound = { problem: null, stealRatio: 0.02 };
  const stolen = { problem: null, stealRatio: 0.03 };
  const late = { problem: 'late', stealRatio: 0 };

  it.each([
    ['none was run', [], false],
    ['one is disturbed', [sound, stolen], false],
    ['enough are sound', [stolen, sound, sound], true],
    ['the most were run', [stolen, stolen, stolen, sound], true],
    ['two of four may still be valid', [late, late], false],
    ['two of four cannot be valid any more', [late, late, late], true],
    ['the machine cannot tell', [{ ...sound, stealRatio: null }, sound], true],
  ])('until they need not: %s', (_, trials, settled) => expect(isSettled(trials, rule)).toBe(settled));

  it('with no limit as with none at all', () => {
    const trials = [stolen, { ...stolen, stealRatio: 1 }];
    const off = { ...rule, maxStealRatio: 1 };
    expect(isSettled(trials, off)).toBe(true);
    expect(chooseTrials(trials, off)).toEqual({ chosen: [0, 1], setAside: [], overBudget: 0 });
  });
});

it('of a pair, what is wrong with either is wrong with both', () => {
  const sound = { problem: null, stealRatio: null };
  expect(factsOfPair(sound, { problem: 'late', stealRatio: 0.1 })).toEqual({ problem: 'late', stealRatio: 0.1 });
  expect(factsOfPair({ ...sound, stealRatio: 0.3 }, { ...sound, stealRatio: 0.1 })).toEqual({
    problem: null,
    stealRatio: 0.3,
  });
  expect(factsOfPair(sound, sound)).toEqual(sound);
});
