import type { LedgerCounts } from './samples.ts';

/**
 * Messages that the server refused although nobody had agreed with it on a limit: all but those beyond a quota where the run itself
 * had set one. A quota that the run knows nothing of (HTTP 429 of some server) is a load that was not taken.
 */
export function countUnpromisedRefusals(
  { rejected, limited }: Pick<LedgerCounts, 'rejected' | 'limited'>,
  { rateLimit }: { readonly rateLimit: object | null },
): number {
  return rateLimit === null ? rejected : rejected - limited;
}
