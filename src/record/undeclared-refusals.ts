import type { LedgerCounts } from './samples.ts';

interface Limit {
  /** Null: the run has set none. */
  readonly rateLimit: object | null;
}

/** Messages refused beyond a quota that the run itself had not set (HTTP 429 of some server): a load that was not taken. */
export function countUndeclaredLimited({ limited }: Pick<LedgerCounts, 'limited'>, { rateLimit }: Limit): number {
  return rateLimit === null ? limited : 0;
}

/** Messages that the server refused although nobody had agreed with it on a limit: all but those beyond a quota that the run had set. */
export function countUndeclaredRefusals(ledger: Pick<LedgerCounts, 'rejected' | 'limited'>, target: Limit): number {
  return ledger.rejected - ledger.limited + countUndeclaredLimited(ledger, target);
}
