/**
 * A percentile as it is written, without its unit: "p75" → 75, "p99.99" → 99.99. Nines may go without their point, as is usual:
 * "p999" → 99.9, "p9999" → 99.99. Null where it is none, or not above 0 and below 100.
 */
export function parsePercentile(written: string): number | null {
  const [, whole, fraction = '', nines = ''] = /^p(?:(\d{1,2}(\.\d{1,6})?)|99(\d{1,6}))$/.exec(written) ?? [];
  if (whole === undefined && nines === '') return null;
  const percentile = Number(nines === '' ? whole : `99.${nines}${fraction}`);
  return percentile > 0 ? percentile : null;
}
