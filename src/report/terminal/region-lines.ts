import { mostOf } from '../../extremes.ts';
import { formatMs } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeRegionClock } from '../describe-region-clock.ts';
import { LATENCY_COLUMNS } from '../latency-columns.ts';
import { type RegionRow, regionRows } from '../region-rows.ts';
import { alignLeft, alignRight, displayWidth } from './display-width.ts';
import { heading } from './fact-lines.ts';
import type { Palette } from './palette.ts';

const VALUE_COLUMNS = 9;
const ERROR_COLUMNS = 11;
const SHOWN: readonly string[] = ['p50', 'p95', 'p99'];

/** Deliveries between regions of agents, each way with what the clocks leave open; none where no room spans two. */
export function regionLines(result: RunResult, palette: Palette): readonly string[] {
  const rows = regionRows(result);
  if (rows.length === 0) return [];
  const names = rows.map(({ from, to }) => `${from} → ${to}`);
  const nameColumns = mostOf(names.map(displayWidth), 'Between regions, ms'.length) + 1;
  const columns = LATENCY_COLUMNS.filter(([title]) => SHOWN.includes(title));
  const head = [...columns.map(([title]) => alignRight(title, VALUE_COLUMNS)), alignRight('clocks', ERROR_COLUMNS)];
  const figures = ({ values, isUnknown }: RegionRow) =>
    values === null
      ? alignRight(isUnknown ? 'not known' : 'no data', columns.length * VALUE_COLUMNS)
      : columns.map(([, key]) => alignRight(formatMs(values[key]), VALUE_COLUMNS)).join('');
  return [
    `${heading(alignLeft('Between regions, ms', nameColumns + 2), palette)}${palette.quiet(`${head.join('')}${alignRight('both ways', ERROR_COLUMNS)}`)}`,
    ...rows.map((row, index) => {
      const error = alignRight(describeRegionClock(row), ERROR_COLUMNS);
      const mean = alignRight(row.bothWaysMeanUs === null ? '' : formatMs(row.bothWaysMeanUs), ERROR_COLUMNS);
      return `   ${alignLeft(names[index]!, nameColumns)}${figures(row)}${palette.quiet(error)}${mean}`.trimEnd();
    }),
    palette.quiet("   both ways: mean of there and back, free of the clocks' error"),
  ];
}
