import type { ObservedUnit } from '../choices.ts';
import { formatBytes, formatNumber, formatRate, formatShare } from '../quantities.ts';

/** "1,234", "12/s", "104.9 MB", "98 %": a value that was observed, by its unit; "–" where there is none. */
export function formatObserved(unit: ObservedUnit, value: number | null): string {
  if (value === null) return '–';
  return { number: formatNumber, perSecond: formatRate, bytes: formatBytes, cores: formatShare }[unit](value);
}
