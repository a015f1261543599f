import { expect, it } from 'vitest';
import { describePart } from '../run/describe-part.ts';
import { describeTurn } from './describe-turn.ts';

const SOUND = { problem: null, stealRatio: 0.001 };
const STOLEN = { problem: null, stealRatio: 0.08 };
const LATE = { problem: 'messages went out late', stealRatio: 0.3 };
const RULE = { wanted: 5, mostTrials: 10, maxStealRatio: 0.02 };

it.each([
  [[], 'trial 1 of 5', null],
  [[SOUND, SOUND], 'trial 3 of 5', null],
  [[SOUND, SOUND, STOLEN], 'trial 3 of 5: 4th attempt', 'the hypervisor took 8 %'],
  [[SOUND, STOLEN, SOUND], 'trial 3 of 5: 4th attempt', null],
  [[LATE], 'trial 1 of 5: 2nd attempt', 'messages went out late'],
])('says which trial comes, which attempt it is, and why', (trials, part, problem) => {
  const turn = describeTurn(trials, RULE);
  expect([describePart(turn.part), turn.problem]).toEqual([part, problem]);
});

it.each([
  [1, '2nd'],
  [2, '3rd'],
  [10, '11th'],
  [12, '13th'],
  [20, '21st'],
])('after %i trials that were set aside comes the %s attempt', (count, attempt) => {
  const trials = Array.from({ length: count }, () => STOLEN);
  expect(describeTurn(trials, RULE).part.label).toBe(`${attempt} attempt`);
});
