import { didYouMean } from '../../nearest.ts';
import { parseRatio } from '../../units.ts';
import { METRICS } from '../metrics.ts';
import { parseStatistic, STATISTICS } from '../statistic.ts';
import { subjectsOf } from '../subject.ts';
import { COUNT_NAMES, type CountName } from './count-names.ts';

/** How much worse something may become: subject such as "delivery.p95", or name of a count → ratio above 1, 0.15 for 15 %. */
export type Tolerances = ReadonlyMap<string, number>;

/** Set by what runs differ by anyway: the farther out a percentile, the fewer messages it rests on. */
export const DEFAULT_TOLERANCES = 'p50=10%,p95=15%,p99=25%';

const DEFAULT_COUNT_TOLERANCE = 0.1;

/** A difference that nobody notices is no regression, however certain it is. */
export const DEFAULT_FLOOR_US = 1000;
export const DEFAULT_FLOOR_COUNT = 5;

/**
 * "p50=10%,ack.p95=20%,duplicated=5%" → tolerances; a bare statistic is of delivery. A string says what is wrong. Times that are
 * named are gated, and no others; counts are gated in any case.
 */
export function parseTolerances(text: string): Tolerances | string {
  const tolerances = new Map<string, number>();
  for (const part of text.split(',')) {
    const [written = '', value, ...rest] = part.split('=').map((side) => side.trim());
    if (value === undefined || rest.length > 0)
      return `expected tolerances such as ${DEFAULT_TOLERANCES}, got "${part}"`;
    const name = isCountName(written) ? written : subjectOf(written);
    if (!isCountName(name) && !SUBJECTS.includes(name))
      return `unknown statistic "${written}"${didYouMean(written, [...STATISTICS, ...COUNT_NAMES, ...SUBJECTS])}`;
    const ratio = parseRatio(value);
    if (!ratio.ok) return `${written}: ${ratio.reason}`;
    if (tolerances.has(name)) return `expected "${written}" once`;
    tolerances.set(name, ratio.value);
  }
  return tolerances;
}

/** Of the times that are gated: those that are named, or the default ones where only counts are. */
export function timeTolerances(tolerances: Tolerances): Tolerances {
  const times = [...tolerances].filter(([name]) => !isCountName(name));
  return new Map(times.length === 0 ? DEFAULT_TIMES : times);
}

export function countTolerance(tolerances: Tolerances, name: CountName): number {
  return tolerances.get(name) ?? DEFAULT_COUNT_TOLERANCE;
}

function isCountName(name: string): name is CountName {
  return COUNT_NAMES.some((count) => count === name);
}

function subjectOf(written: string): string {
  const statistic = parseStatistic(written);
  if (statistic !== null || !written.includes('.')) return `delivery.${statistic ?? written}`;
  return written.replace(/\.p99\.9$/, '.p999');
}

/** Every statistic of a time. */
const SUBJECTS = METRICS.filter(({ yields }) => yields === 'times').flatMap(subjectsOf);

const DEFAULT_TIMES = [...(parseTolerances(DEFAULT_TOLERANCES) as Tolerances)];
