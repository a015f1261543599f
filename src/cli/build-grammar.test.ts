import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { GRAMMAR_PAGE, replaceGrammar } from './build-grammar.ts';

const page = readFileSync(GRAMMAR_PAGE, 'utf8');

it('the page of thresholds has the grammar of the code: `npm run schemas` writes it', () => {
  expect(replaceGrammar(page)).toBe(page);
});

it('an outdated grammar is replaced, and nothing else of the page', () => {
  expect(replaceGrammar(page.replace('| "lateness"', '| "tardiness"\n    |'))).toBe(page);
  expect(() => replaceGrammar(page.replace('## Grammar', '## Syntax'))).toThrow('expected it right below');
});
