import type uPlot from 'uplot';
import { formatCount } from '../../../quantities.ts';
import type { TimeSeries } from '../report-data.ts';
import type { ChartSpec } from './chart.ts';
import { phaseMarks } from './phase-marks.ts';
import { joinTimeWindow } from './time-window.ts';

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

/** Seconds since run start. */
export function timeAxis(): uPlot.Axis {
  return { space: 72, values: (_plot, seconds) => seconds.map((second) => `${second} s`) };
}

/** Whole numbers. */
export function countAxis(): uPlot.Axis {
  return {
    size: 56,
    incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
    values: (_plot, counts) => counts.map((count) => formatCount(count)),
  };
}
