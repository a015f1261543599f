import { readFile, writeFile } from 'node:fs/promises';
import { describeGrammar } from '../gate/grammar.ts';

/** The same distance from src/cli and from dist/cli. */
export const GRAMMAR_PAGE = new URL('../../docs/thresholds.md', import.meta.url);

const GRAMMAR = /(?<=^## Grammar\n\n)(?: {4}.*\n)+/m;

/** The page with the grammar of thresholds as it is now. */
export function replaceGrammar(page: string): string {
  const text = describeGrammar().replace(/^/gm, '    ');
  if (!GRAMMAR.test(page))
    throw new Error('the page of thresholds has no grammar: expected it right below "## Grammar"');
  return page.replace(GRAMMAR, () => `${text}\n`);
}

if (import.meta.main) await writeFile(GRAMMAR_PAGE, replaceGrammar(await readFile(GRAMMAR_PAGE, 'utf8')));
