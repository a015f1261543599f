import { formatCount, formatRate } from '../../../quantities.ts';
import { chart, fromZero } from './chart.ts';
import { table, tableOnDemand } from './table.ts';
import { countAxis, STEPS } from './time-axis.ts';

const STEPS_PER_SECOND = 10;

/** How fast connections were opened, in every tenth of a second since the first attempt. */
export function rampChart(openedPer100Ms: readonly number[]): HTMLElement {
  const rates = openedPer100Ms.map((opened) => opened * STEPS_PER_SECOND);
  const seconds = Array.from({ length: rates.length + 1 }, (_, index) => index / STEPS_PER_SECOND);
  const end = rates.length / STEPS_PER_SECOND;
  return chart({
    title: 'Connections opened per second:',
    note: 'since the first attempt, while clients connect.',
    height: 160,
    data: [seconds, [...rates, rates.at(-1) ?? null]],
    series: [{ label: 'opened', color: 'first', format: formatRate, path: STEPS }],
    formatX: (second) => `${second.toFixed(1)} s`,
    scales: {
      x: { time: false, range: [0, end] },
      y: fromZero(1),
    },
    axes: [
      { space: 72, values: (_plot, splits) => splits.map((second) => `${Number(second.toFixed(2))} s`) },
      countAxis(),
    ],
    cursor: { drag: { x: false, y: false } },
    behind: tableOnDemand('Every tenth of a second as a table', () => rampTable(openedPer100Ms)),
  });
}

function rampTable(openedPer100Ms: readonly number[]): HTMLElement {
  const rows = openedPer100Ms.map((opened, index) => [(index / STEPS_PER_SECOND).toFixed(1), formatCount(opened)]);
  const columns = [
    { title: 'From, s', kind: 'figure' as const },
    { title: 'Opened', kind: 'figure' as const },
  ];
  return table('Connections opened in every tenth of a second', columns, rows);
}
