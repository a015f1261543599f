import { readFileSync, statSync } from 'node:fs';

const MAX_FILE_BYTES = 512 * 1024 * 1024;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * A file that a scenario names, without its byte order mark. A string says why there is none.
 *
 * @param file an absolute path
 */
export function readDataFile(file: string): Buffer | string {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) return 'no such file';
  if (stats.size > MAX_FILE_BYTES) return `expected at most ${MAX_FILE_BYTES} bytes`;
  try {
    const bytes = readFileSync(file);
    return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
      ? bytes.subarray(BYTE_ORDER_MARK.length)
      : bytes;
  } catch (cause) {
    return `cannot be read (${(cause as NodeJS.ErrnoException).code})`;
  }
}
