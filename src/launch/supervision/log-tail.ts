import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 64 * 1024;

/** The last non-empty lines of a text file, oldest first; empty where it cannot be read. Reads its last 64 KiB at most. */
export function readLogTail(file: string, lines: number): string[] {
  if (lines <= 0) return [];
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const size = fstatSync(fd).size;
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    const text = buffer.toString('utf8').split('\n');
    return text.filter((line) => line.trim() !== '').slice(-lines);
  } finally {
    closeSync(fd);
  }
}
