import uPlot from 'uplot';
import { formatCount } from '../../../quantities.ts';
import type { TimeSeries } from '../report-data.ts';
import type { ChartSpec } from './chart.ts';
import { phaseMarks } from './phase-marks.ts';
import { joinTimeWindow } from './time-window.ts';

/** The figure of a second, or of a part of one, holds from its start to its end: no slope between two of them. */
export const STEPS = (uPlot.paths.stepped ?? (() => () => null))({ align: 1 });

/** What all charts over time share: marks, and a pointer and zoom that move together, by time. */
export function overTime(time: TimeSeries): Pick<ChartSpec, 'formatX' | 'cursor' | 'hooks'> {
  return {
    formatX: (second) => `${Number(second.toFixed(1))} s`,
    cursor: { sync: { key: 'time', scales: ['x', null] } },
    hooks: { ...phaseMarks(time), ...joinTimeWindow() },
  };
}

/** The whole run until somebody zooms; then what was chosen. */
export function timeScale(time: TimeSeries): uPlot.Scale {
  return {
    time: false,
    range: (plot, least, most) => {
      const [seconds] = plot.data;
      const isWhole = least === seconds[0] && most === seconds.at(-1);
      return isWhole ? [0, time.endSecond] : [Math.max(0, least), Math.min(time.endSecond, most)];
    },
  };
}

/** Round to people; a run of a second or two has tenths. */
const WHOLE_SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 86_400];

/** Seconds since run start. */
export function timeAxis(): uPlot.Axis {
  return { space: 72, incrs: WHOLE_SECONDS, values: (_plot, seconds) => seconds.map((second) => `${second} s`) };
}

/** When something was, on the clock of the charts: "12.3 s". */
export function tellSecond(atUs: number): string {
  return `${(atUs / 1e6).toFixed(1)} s`;
}

/** Whole numbers. */
export function countAxis(): uPlot.Axis {
  return {
    size: 56,
    incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
    values: (_plot, counts) => counts.map((count) => formatCount(count)),
  };
}

/** A chart of seconds answers the pointer with the second that it is in, not with the nearest start of one. */
export function perSecond(time: TimeSeries): Pick<ChartSpec, 'formatX' | 'cursor' | 'hooks'> {
  const shared = overTime(time);
  const dataIdx = (plot: uPlot, _series: number, nearest: number, second: number) =>
    nearest > 0 && (plot.data[0]?.[nearest] ?? 0) > second ? nearest - 1 : nearest;
  return { ...shared, cursor: { ...shared.cursor, dataIdx } };
}

/** Per-second columns on the time axis; the last value is held to the end of its second. */
export function spanned(time: TimeSeries, columns: readonly (readonly (number | null)[])[]): uPlot.AlignedData {
  const end = (time.second.at(-1) ?? -1) + 1;
  return [[...time.second, end], ...columns.map((column) => [...column, column.at(-1) ?? null])];
}
