import { didYouMean } from '../../nearest.ts';
import { parseRatio } from '../../units.ts';
import { METRICS } from '../metrics.ts';
import { STATISTICS } from '../statistic.ts';
import { subjectsOf } from '../subject.ts';

/** How much slower a statistic may become: subject such as "delivery.p95" → ratio above 1, 0.15 for 15 %. */
export type Tolerances = ReadonlyMap<string, number>;

/** Set by what runs differ by anyway: the farther out a percentile, the fewer messages it rests on. */
export const DEFAULT_TOLERANCES = 'p50=10%,p95=15%,p99=25%';

/** A difference that nobody notices is no regression, however certain it is. */
export const DEFAULT_FLOOR_US = 1000;

/**
 * "p50=10%,ack.p95=20%" → tolerances; a bare statistic is of delivery. What is named is gated, and nothing else. A string says
 * what is wrong.
 */
export function parseTolerances(text: string): Tolerances | string {
  const tolerances = new Map<string, number>();
  for (const part of text.split(',')) {
    const [written = '', value, ...rest] = part.split('=').map((side) => side.trim());
    if (value === undefined || rest.length > 0)
      return `expected tolerances such as ${DEFAULT_TOLERANCES}, got "${part}"`;
    const subject = written.includes('.') && written !== 'p99.9' ? written : `delivery.${written}`;
    const name = subject.replace(/\.p99\.9$/, '.p999');
    if (!SUBJECTS.includes(name))
      return `unknown statistic "${written}"${didYouMean(written, [...STATISTICS, ...SUBJECTS])}`;
    const ratio = parseRatio(value);
    if (!ratio.ok) return `${written}: ${ratio.reason}`;
    if (tolerances.has(name)) return `expected "${written}" once`;
    tolerances.set(name, ratio.value);
  }
  return tolerances;
}

/** Every statistic of a time. */
const SUBJECTS = METRICS.filter(({ yields }) => yields === 'times').flatMap(subjectsOf);
