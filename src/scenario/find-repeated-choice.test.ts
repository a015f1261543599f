import { expect, it } from 'vitest';
import { findRepeatedChoice } from './find-repeated-choice.ts';

it.each([
  '(a+)+$',
  '^(?:(a+))+$',
  '^((?:(?:a)*)b)*$',
  '^(?:a?){30}$',
  '^(?:a{1,9})*$',
  '^(?:a{2,})+$',
  '^(?:[)(]*)*$',
  '^(?:\\)*)*$',
  '^(?:(?=a*)a)*$',
  '^(?:x(?:a?)){2,}$',
  '^(?:a+){20}$',
  '^(?:a+?)+?$',
  '^(?:[\\]]+)+$',
  '^(?:\\u{3,})+$',
])('a repetition in a repetition is found in %s', (pattern) => {
  new RegExp(pattern);
  expect(findRepeatedChoice(pattern)).toBe('repetitions');
});

it.each(['^(?:a|a)+$', '^(?:(a|ab))*$', '^(?:(?:a|ab)(?:a|))+$', '^(?:(?<name>a|b))*$'])(
  'an alternative in a repetition is found in %s',
  (pattern) => {
    new RegExp(pattern);
    expect(findRepeatedChoice(pattern)).toBe('alternatives');
  },
);

it.each([
  '^43',
  '"seq":(1\\d{10})',
  '^42\\d*\\["ack",\\s*\\{"seq":\\s*(1\\d{10})',
  '^(?:ab[cd]{3})+$',
  '^(?:a+)?b*$',
  '^(?:a|b)c$',
  '(?:\\(\\+\\))*',
  '(?:[*+|])+',
  '(?:[\\]*])+',
  '(?:a{)+',
  '(?:{a,b})*',
  '(?:\\|\\*)+',
  'a|b+',
  '(?<name>a)+',
  '(?!x*)y',
  '',
])('nothing is found in %s', (pattern) => {
  new RegExp(pattern);
  expect(findRepeatedChoice(pattern)).toBe(null);
});
