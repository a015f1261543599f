import type { ObservedSeries } from '../observations.ts';

/**
 * What a series had told last at times that never decrease; null before its first reading, and where that one failed.
 *
 * @param slackUs how much later still counts as by then: what is read at once may be noted one after the other
 */
export function latestBy(
  series: Pick<ObservedSeries, 'atUs' | 'values'> | undefined,
  slackUs: number,
): (atUs: number) => number | null {
  let next = 0;
  let latest: number | null = null;
  return (atUs) => {
    for (; series !== undefined && next < series.atUs.length && series.atUs[next]! <= atUs + slackUs; next++)
      latest = series.values[next] ?? null;
    return latest;
  };
}
