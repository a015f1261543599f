import { cpSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Copies this checkout, build included, without its packages, history and reports: for tests that change what lies there. */
export function copyCheckout(directory: string): void {
  const isLeft = (path: string) => /(^|\/)(node_modules|\.git|reports)(\/|$)/.test(relative(ROOT, path));
  cpSync(ROOT, directory, { recursive: true, filter: (path) => !isLeft(path) });
}
