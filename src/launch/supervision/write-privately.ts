import { chownSync, writeFileSync } from 'node:fs';
import type { ServiceAccount } from '../machine/service-account.ts';

/**
 * Writes a file that only the account (null: oneself) can read: what is secret stands in such a one, and not in arguments, which
 * every user of the machine can read. Yields its path.
 */
export function writePrivately(path: string, text: string, account: ServiceAccount | null, mode = 0o600): string {
  writeFileSync(path, text, { mode });
  if (account !== null) chownSync(path, account.uid, account.gid);
  return path;
}
