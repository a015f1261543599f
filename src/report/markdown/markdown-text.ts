import { mostOf } from '../../extremes.ts';
import { plainText } from '../terminal/plain-text.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '@': '&#64;' };

/**
 * Foreign text as Markdown that shows just that text: no markup, no element, no mention, no line break, and no end of a table's
 * cell.
 */
export function escapeMarkdown(text: string): string {
  return plainText(text)
    .replaceAll(/[\\`*_[\]~|]/g, String.raw`\$&`)
    .replaceAll(/[&<>@]/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(/(https?|www)(?=[:.])/g, '$1\u2060');
}

/** Text as code, in a fence that is longer than any run of backticks in it. A pipe stays escaped: it may stand in a table. */
export function codeSpan(text: string): string {
  const plain = plainText(text).replaceAll('|', String.raw`\|`);
  const longest = mostOf(
    [...plain.matchAll(/`+/g)].map(([run]) => run.length),
    0,
  );
  const fence = '`'.repeat(longest + 1);
  const padding = plain.startsWith('`') || plain.endsWith('`') || plain === '' ? ' ' : '';
  return `${fence}${padding}${plain}${padding}${fence}`;
}

/** Cells are Markdown already. */
export function markdownTable(
  titles: readonly string[],
  alignments: readonly ('left' | 'right')[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = alignments.map((alignment) => (alignment === 'right' ? '---:' : '---'));
  return [line(titles), line(rule), ...rows.map(line)].join('\n');
}
