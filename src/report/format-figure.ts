import { formatCount, formatLatency, formatRate } from '../quantities.ts';

/** How a figure is written, by the metric's name as a threshold has it: times in µs, rates per second, counts. */
export function formatFigure(subject: string, value: number): string {
  if (subject.endsWith('.rate')) return formatRate(value);
  if (
    /^(lost|duplicated|reordered|misrouted|late|skipped|unsendable|rejected|dropped|queue\.depth\.max)$/.test(subject)
  ) {
    return formatCount(value);
  }
  return formatLatency(value);
}
