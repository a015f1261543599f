import { OBSERVED_STATISTICS, observedOfRun, observedStatistic } from '../record/observed-statistics.ts';
import type { FigureMetric } from './metric.ts';

const WRITTEN = new RegExp(`^observed\\.(.+)\\.(${OBSERVED_STATISTICS.join('|')})$`);

/**
 * The metric of something that a scenario observes, by how a threshold writes it: "observed.lag.max". Null where it is written
 * otherwise. Its unit is the one that the threshold's value has.
 */
export function observedMetric(text: string): FigureMetric | null {
  const [, name, written] = WRITTEN.exec(text) ?? [];
  const statistic = OBSERVED_STATISTICS.find((one) => one === written);
  if (name === undefined || statistic === undefined) return null;
  return {
    yields: 'figure',
    name: text,
    unit: 'number',
    meaning: `${statistic} of what the scenario observes as ${name}`,
    resolution: 'span',
    blame: 'either',
    read({ result, timetable }, { fromUs, toUs, allOf }) {
      const series = result?.observed?.find((one) => one.name === name);
      if (series === undefined) return null;
      return allOf === 'run'
        ? observedOfRun(series, timetable)[statistic]
        : observedStatistic(series, statistic, fromUs, toUs);
    },
  };
}

/** The unit that a value is written in: "90%" is a share of a core, "500MB" a size, "120/s" a rate, and all else a number. */
export function unitOfWritten(value: string): 'share' | 'bytes' | 'rate' | 'number' {
  if (value.endsWith('%')) return 'share';
  if (value.includes('/')) return 'rate';
  return /B$/.test(value) ? 'bytes' : 'number';
}
