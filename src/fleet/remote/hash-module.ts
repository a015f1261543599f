import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What a protocol module is known by to controller and agents alike: the SHA-256 of its file, in hex. */
export function hashModule(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
