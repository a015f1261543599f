import type { LedgerCounts } from './samples.ts';

/** Counts that the ledger adds to. */
export type MutableCounts = { -readonly [K in keyof LedgerCounts]: LedgerCounts[K] };

export function zeroCounts(): MutableCounts {
  return {
    planned: 0,
    sent: 0,
    skipped: 0,
    unsendable: 0,
    acksExpected: 0,
    acked: 0,
    rejected: 0,
    limited: 0,
    expected: 0,
    once: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    misrouted: 0,
    late: 0,
    recovered: 0,
    held: 0,
  };
}

/** The counts of several shards together. */
export function addCounts(a: LedgerCounts, b: LedgerCounts): LedgerCounts {
  const sum = zeroCounts();
  for (const key of Object.keys(sum) as (keyof LedgerCounts)[]) sum[key] = a[key] + b[key];
  return sum;
}
