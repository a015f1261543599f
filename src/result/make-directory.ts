import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory and those above it. Node's own way never ends where the system denies that a parent is there which it has
 * (`mkdir('/proc/x/y', { recursive: true })`): here each is tried once.
 *
 * @throws the system's error, also where something else has the name
 */
export async function makeDirectory(directory: string): Promise<void> {
  const path = resolve(directory);
  if (await isDirectory(path)) return;
  if (dirname(path) !== path) await makeDirectory(dirname(path));
  await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
    // Somebody else has made it meanwhile.
    if (error.code !== 'EEXIST' || !(await isDirectory(path))) throw error;
  });
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
