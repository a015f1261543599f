import { expect, it } from 'vitest';
import { alignLeft, alignRight, displayWidth, wrapText } from './display-width.ts';

it('counts columns, not characters', () => {
  expect(['abc', '漢字', 'e\u0301', '🚀', '\u001b[31mred\u001b[39m', ''].map(displayWidth)).toEqual([3, 4, 1, 2, 3, 0]);
});

it('aligns by columns', () => {
  expect([alignRight('漢', 4), alignLeft('漢', 4), alignRight('long', 2)]).toEqual(['  漢', '漢  ', 'long']);
});

it('breaks at spaces and cuts only words that are too long', () => {
  expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapText('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
  expect(wrapText('漢字漢字', 5)).toEqual(['漢字', '漢字']);
  expect(wrapText('', 10)).toEqual(['']);
});
