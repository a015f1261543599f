import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

let project = '';

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'chatbench-circle-'));
  cpSync(join(ROOT, 'biome.json'), join(project, 'biome.json'));
  execFileSync('git', ['init', '-q', project]);
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

/** What the project's own lint step says of these files; empty where it has nothing to say. */
function lint(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  try {
    execFileSync(process.execPath, [BIOME, 'ci', '--colors=off', '.'], {
      cwd: project,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

it('the lint step refuses two files that name a type of each other', () => {
  const said = lint({
    'order.ts': "import type { Customer } from './customer.ts';\n\nexport type Order = { of: Customer };\n",
    'customer.ts': "import type { Order } from './order.ts';\n\nexport type Customer = { orders: Order[] };\n",
  });
  expect(said).toContain('noImportCycles');
  expect(said).toContain('order.ts');
});

it('the lint step lets a type be named one way', () => {
  const said = lint({
    'order.ts': "import type { Customer } from './customer.ts';\n\nexport type Order = { of: Customer };\n",
    'customer.ts': 'export type Customer = { name: string };\n',
  });
  expect(said).toBe('');
});
