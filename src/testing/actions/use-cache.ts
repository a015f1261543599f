import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where folders are kept, and what relative paths start from. */
interface Places {
  readonly cache: string;
  readonly workspace: string;
}

/** actions/cache/restore and actions/cache/save on folders; yields the step's outputs. Throws at any other action. */
export function useCache(
  uses: string,
  settings: Readonly<Record<string, string>>,
  { cache, workspace }: Places,
): Record<string, string> {
  const verb = /^actions\/cache\/(restore|save)@v\d+$/.exec(uses)?.[1];
  const { key = '', 'restore-keys': prefix } = settings;
  if (verb === undefined || key === '') throw new Error(`no stand-in for ${uses} with key "${key}"`);
  mkdirSync(cache, { recursive: true });
  const place = resolve(workspace, settings.path ?? '');
  if (verb === 'save') {
    copy(place, join(cache, key));
    return {};
  }
  const found = findSaved(cache, key, prefix);
  if (found !== null) copy(join(cache, found), place);
  return { 'cache-hit': found === null ? '' : String(found === key) };
}

/** The folder of this key, else the newest whose key begins like this. */
function findSaved(cache: string, key: string, prefix: string | undefined): string | null {
  if (existsSync(join(cache, key))) return key;
  if (prefix === undefined) return null;
  const alike = readdirSync(cache).filter((name) => name.startsWith(prefix));
  const ages = alike.map((name) => ({ name, madeAt: statSync(join(cache, name)).birthtimeMs }));
  return ages.toSorted((a, b) => b.madeAt - a.madeAt)[0]?.name ?? null;
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}
