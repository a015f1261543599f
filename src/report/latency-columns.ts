import { valuesNeeded } from '../record/values-needed.ts';

/** The columns of every latency table, in order: title and field of a `LatencySummary`. Pure: also part of the HTML page. */
export const LATENCY_COLUMNS = [
  ['p50', 'p50Us'],
  ['p90', 'p90Us'],
  ['p95', 'p95Us'],
  ['p99', 'p99Us'],
  ['p99.9', 'p999Us'],
  ['max', 'maxUs'],
] as const;

/** A percentile of fewer values than it takes says nothing of those beyond it: it stands in brackets. What is endless is so of any number. */
export function bracketFew(text: string, title: string, count: number): string {
  const percentile = title === 'max' ? null : Number(title.slice(1));
  const isFew = percentile !== null && count < valuesNeeded(percentile);
  return isFew && text !== '∞' ? `(${text})` : text;
}
