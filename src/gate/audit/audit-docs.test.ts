import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AUDIT } from './audit-rows.ts';

it('docs/audit.md lists every figure of every row with its limits', () => {
  const page = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('| row | figure |')).split('\n\n', 1)[0]!.split('\n').slice(2);
  const cells = table.map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  expect(cells).toEqual(
    AUDIT.flatMap(({ id, criteria }) =>
      criteria.map(({ metric, operator, limits }, index) => [
        index === 0 ? `\`${id}\`` : '',
        `\`${metric}\``,
        `${operator} ${limits.join(', ')}`,
      ]),
    ),
  );
});
