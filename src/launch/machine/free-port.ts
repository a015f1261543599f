import { findPortRange } from './find-port-range.ts';

/**
 * A loopback port that was free a moment ago. Another process may take it before its user binds it: who uses it must be
 * ready to fail on it and to ask again.
 */
export function findFreePort(): Promise<number> {
  return findPortRange(1);
}
