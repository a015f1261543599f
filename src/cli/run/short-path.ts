import { relative } from 'node:path';

/** A path as it is shortest to read: from the working directory where it lies below it. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}
