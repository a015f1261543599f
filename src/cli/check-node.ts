import { existsSync, readFileSync } from 'node:fs';

/** As far from src/cli as from dist/cli. */
const PACKAGE = new URL('../../', import.meta.url);

/** What to tell whoever runs this with a Node that is too old, an error and a hint; null where it is new enough. */
export function explainOldNode(version: string = process.versions.node): readonly [error: string, hint: string] | null {
  const { engines } = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')) as {
    engines: { node: string };
  };
  const needed = engines.node.replace(/^>=\s*/, '');
  if (!isOlder(version, needed)) return null;
  // No published package has a lock file.
  const isCheckout = existsSync(new URL('package-lock.json', PACKAGE));
  return [
    `chatbench needs Node ${needed} or newer, this is ${version}`,
    isCheckout
      ? 'after `npm ci`, `npx chatbench` brings its own'
      : 'install a newer one from nodejs.org, or beside chatbench with `npm install --save-dev node@24`, which `npx chatbench` then uses',
  ];
}

/** Compares "22.19.0" with "22.19" number by number; what is missing is 0. */
export function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  for (let i = 0; i < 3; i++) {
    const difference = (ours![i] ?? 0) - (theirs![i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
