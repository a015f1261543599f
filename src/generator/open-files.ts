import { readdirSync, readFileSync } from 'node:fs';

/** Files that this process, and each that it starts, may have open at once (Linux); null where the system does not tell. */
export function readOpenFilesLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

/**
 * Files that this process has open; null where the system does not tell. To look takes one more: where there is none, all that it
 * may have are open.
 */
export function countOpenFiles(limit: number | null, list = () => readdirSync('/proc/self/fd')): number | null {
  try {
    return list().length;
  } catch (error) {
    return isOutOfFiles(error) ? limit : null;
  }
}

/** Memory that this process holds, bytes. Without a file to read it from, the most that it ever held. */
export function readResidentBytes(read: () => number = process.memoryUsage.rss): number {
  try {
    return read();
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

function isOutOfFiles(error: unknown): boolean {
  return ['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '');
}
