import { readFileSync } from 'node:fs';

/** The version of chatbench: package.json is as far from the source as from the build. */
export function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
