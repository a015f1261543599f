import { Box, Text } from 'ink';
import { mostOf } from '../../extremes.ts';
import { formatCount, formatMs } from '../../quantities.ts';
import { drawChart } from './draw-chart.ts';
import type { LiveHistory } from './live-history.ts';

const CHART_HEIGHT = 4;

/** Lines that the charts take, their margin included. */
export const CHART_LINES = CHART_HEIGHT + 3;

/** Queue depth and latency of the last minute, side by side. */
export function Charts({ history, width }: { readonly history: LiveHistory; readonly width: number }) {
  const columns = Math.floor((width - 3) / 2);
  return (
    <Box marginTop={1} columnGap={3}>
      <Chart title="queue depth" values={history.depths} columns={columns} format={formatCount} />
      <Chart title="p95 of arrivals, ms" values={history.p95sUs} columns={columns} format={formatMs} />
    </Box>
  );
}

interface ChartProps {
  readonly title: string;
  readonly values: readonly number[];
  readonly columns: number;
  readonly format: (value: number) => string;
}

function Chart({ title, values, columns, format }: ChartProps) {
  const height = Math.min(CHART_HEIGHT, mostOf(values, 1));
  // The newest values that fit, one column each, so that the line scrolls instead of being squeezed.
  const lines = drawChart(values.slice(-(columns - 9)), { columns, height }, format);
  const padded = [...new Array<string>(CHART_HEIGHT + 1 - lines.length).fill(' '), ...lines];
  return (
    <Box flexDirection="column" width={columns}>
      <Text dimColor>{title}</Text>
      <Text wrap="truncate-end">{padded.join('\n')}</Text>
    </Box>
  );
}
