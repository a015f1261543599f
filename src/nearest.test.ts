import { expect, it } from 'vitest';
import { didYouMean, nearestName } from './nearest.ts';

it.each([
  ['brust', 'burst'], // neighbours swapped: one edit
  ['warmpup', 'warmup'],
  ['Delivery', 'delivery'],
  ['xyz', null], // nothing is close
  ['', null],
  ['a', null], // one edit from "p" would fit any word of one letter
])('"%s" most likely means %s', (word, expected) => {
  expect(nearestName(word, ['burst', 'echo', 'warmup', 'delivery', 'p'])).toBe(expected);
});

it('makes a suggestion only where there is one', () => {
  expect(didYouMean('ecko', ['burst', 'echo'])).toBe(', did you mean "echo"?');
  expect(didYouMean('nothing', ['burst', 'echo'])).toBe('');
});
