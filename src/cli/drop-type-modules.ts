import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Modules of types alone are nothing at run time, and nobody imports them: the package is packed without. */
const root = fileURLToPath(new URL('../', import.meta.url));
for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
  const file = join(root, path);
  if (path.endsWith('.js') && readFileSync(file, 'utf8').trim() === 'export {};') rmSync(file);
}
