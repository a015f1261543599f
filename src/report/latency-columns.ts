/** The columns of every latency table, in order: title and field of a `LatencySummary`. Pure: also part of the HTML page. */
export const LATENCY_COLUMNS = [
  ['p50', 'p50Us'],
  ['p90', 'p90Us'],
  ['p95', 'p95Us'],
  ['p99', 'p99Us'],
  ['p99.9', 'p999Us'],
  ['max', 'maxUs'],
] as const;
