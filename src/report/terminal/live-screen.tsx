import { Box, Text, useWindowSize, type WindowSize } from 'ink';
import type { LatencyPoint, LiveUpdate } from '../../record/live-update.ts';
import { formatCount, formatDuration, formatMs, formatRate } from '../quantities.ts';
import { alignLeft, alignRight } from './display-width.ts';
import { drawChart } from './draw-chart.ts';
import type { LiveHistory } from './live-history.ts';

const CHART_HEIGHT = 4;
const BAR_COLUMNS = 30;
/** Below these the charts are left out: a frame as high as the terminal would scroll it at every redraw. */
const ROWS_FOR_CHARTS = 20;
const COLUMNS_FOR_CHARTS = 64;

interface ScreenProps {
  readonly title: string;
  readonly update: LiveUpdate;
  readonly history: LiveHistory;
}

/** The live view, laid out anew when the terminal changes its size. */
export function LiveScreen(props: ScreenProps) {
  return <LiveFrame {...props} {...useWindowSize()} />;
}

/** One frame: at most 18 lines of at most 100 columns. */
export function LiveFrame({ title, update, history, columns, rows }: ScreenProps & WindowSize) {
  const width = Math.min(100, columns) - 2;
  return (
    <Box flexDirection="column" paddingLeft={1} width={width + 1}>
      <Text bold>{title}</Text>
      <Progress update={update} />
      <Text> </Text>
      <Flow update={update} />
      <Text> </Text>
      <Latencies last={update.last} overall={update.overall} />
      {rows >= ROWS_FOR_CHARTS && width >= COLUMNS_FOR_CHARTS && <Charts history={history} width={width} />}
      <Text> </Text>
      <Text dimColor wrap="truncate-end">
        Ctrl-C stops the run; what was measured is kept.
      </Text>
    </Box>
  );
}

function Progress({ update }: { readonly update: LiveUpdate }) {
  if (update.phase === 'connect') {
    const done = update.clients === 0 ? 0 : update.connected / update.clients;
    return (
      <BarLine name="connect" done={done} text={`${formatCount(update.connected)} of ${formatCount(update.clients)}`} />
    );
  }
  if (update.phase === 'drain') {
    return <BarLine name="drain" done={1} text={`${formatCount(update.inFlight)} still to be delivered`} />;
  }
  const elapsedUs = Math.min(update.elapsedUs, update.totalUs);
  const left = formatDuration(Math.ceil((update.totalUs - elapsedUs) / 1e6) * 1e6);
  const done = update.totalUs === 0 ? 0 : elapsedUs / update.totalUs;
  return <BarLine name={update.phase} done={done} text={`${left} of ${formatDuration(update.totalUs)} left`} />;
}

function BarLine({ name, done, text }: { readonly name: string; readonly done: number; readonly text: string }) {
  const filled = Math.round(Math.min(1, Math.max(0, done)) * BAR_COLUMNS);
  return (
    <Text wrap="truncate-end">
      {alignLeft(name, 9)}
      <Text color="cyan">{'━'.repeat(filled)}</Text>
      <Text dimColor>{'─'.repeat(BAR_COLUMNS - filled)}</Text> {text}
    </Text>
  );
}

function Flow({ update }: { readonly update: LiveUpdate }) {
  const queue = update.queueDepth === null ? '' : `, ${formatCount(update.queueDepth)} in the queue`;
  return (
    <>
      <Text wrap="truncate-end">
        {`offered ${rate(update.offeredPerSecond)}   sent ${rate(update.sentPerSecond)}   delivered ${rate(update.deliveredPerSecond)}`}
      </Text>
      <Text wrap="truncate-end">
        {`${formatCount(update.connected)} of ${formatCount(update.clients)} clients connected, ${formatCount(update.inFlight)} messages on their way${queue}`}
      </Text>
    </>
  );
}

function Latencies({ last, overall }: { readonly last: LatencyPoint | null; readonly overall: LatencyPoint | null }) {
  return (
    <>
      <Text dimColor wrap="truncate-end">
        {`${alignLeft('delivery, ms', 14)}${['p50', 'p95', 'p99'].map((name) => alignRight(name, 9)).join('')}`}
      </Text>
      <Text wrap="truncate-end">{latencyLine('last second', last)}</Text>
      <Text wrap="truncate-end">{latencyLine('whole run', overall)}</Text>
    </>
  );
}

function latencyLine(name: string, point: LatencyPoint | null): string {
  const values = [point?.p50Us, point?.p95Us, point?.p99Us].map((us) => alignRight(formatMs(us ?? null), 9));
  return alignLeft(name, 14) + values.join('');
}

function Charts({ history, width }: { readonly history: LiveHistory; readonly width: number }) {
  const columns = Math.floor((width - 3) / 2);
  return (
    <Box marginTop={1} columnGap={3}>
      <Chart title="queue depth" values={history.depths} columns={columns} format={formatCount} />
      <Chart title="delivery p95, ms" values={history.p95sUs} columns={columns} format={formatMs} />
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
  const height = Math.min(CHART_HEIGHT, Math.max(1, ...values));
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

function rate(perSecond: number): string {
  return alignRight(formatRate(perSecond), 8);
}
