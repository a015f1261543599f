import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from '../../result/make-directory.ts';

/** What directories that are being replaced end with, besides their name. They belong to nobody else. */
export const UNFINISHED = '.tmp';

/**
 * Replaces a directory by one that `fill` fills. What is there is set aside only once the new one is complete, and removed last;
 * where the new one cannot take its place, it is put back. Readers see the old directory, for an instant none, then the new one;
 * a process that is killed leaves directories named `….tmp` beside it.
 */
export async function replaceDirectory(directory: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${directory}.${process.pid}${UNFINISHED}`;
  const old = `${directory}.${process.pid}.old${UNFINISHED}`;
  await makeDirectory(dirname(directory));
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  try {
    await fill(draft);
    await rm(old, { recursive: true, force: true });
    const wasThere = await moveIfThere(directory, old);
    await rename(draft, directory).catch(async (cause: unknown) => {
      if (wasThere) await rename(old, directory);
      throw cause;
    });
    await rm(old, { recursive: true, force: true });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function moveIfThere(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
