import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** By what controller and agents know that they mean the same protocol module: SHA-256 of its text, in hex. */
export function hashModule(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
