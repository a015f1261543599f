import { Box, Text, useWindowSize, type WindowSize } from 'ink';
import { memo } from 'react';
import { formatCount, formatDuration, formatLatency, formatMs, formatRate } from '../../quantities.ts';
import type { LatencyPoint, LiveEvent, LiveUpdate } from '../../record/live-update.ts';
import { alignLeft, alignRight } from './display-width.ts';
import { CHART_LINES, Charts } from './live-charts.tsx';
import { describeCpu, describeEvent, LiveDetails } from './live-details.tsx';
import { LiveHelp } from './live-help.tsx';
import type { LiveHistory } from './live-history.ts';
import { LiveThresholds } from './live-thresholds.tsx';

const BAR_COLUMNS = 30;
/** Below these the charts are left out: a frame as high as the terminal would scroll it at every redraw. */
const ROWS_FOR_CHARTS = 21;
const COLUMNS_FOR_CHARTS = 64;
/** Lines of everything but charts and thresholds, the margin of the charts included. */
const BASE_LINES = 13;

/** More are in the details. */
const GATEWAYS_SHOWN = 4;

/** Drawn anew only with a new second. */
const MemoCharts = memo(Charts);

/** What stands in the lower half. */
export type LivePanel = 'charts' | 'details' | 'help';

export interface ScreenProps {
  readonly title: string;
  readonly update: LiveUpdate;
  readonly history: LiveHistory;
  readonly panel: LivePanel;
  /** Keys are read. */
  readonly hasKeys: boolean;
  /** The run was asked to end. */
  readonly isStopping: boolean;
}

/** The live view, laid out anew when the terminal changes its size. */
export function LiveScreen(props: ScreenProps) {
  return <LiveFrame {...props} {...useWindowSize()} />;
}

/** One frame: at most 100 columns, and fewer lines than the terminal has. */
export function LiveFrame(props: ScreenProps & WindowSize) {
  const { title, update, history, panel, columns, rows } = props;
  const width = Math.min(100, columns) - 2;
  const hasCharts = rows >= ROWS_FOR_CHARTS && width >= COLUMNS_FOR_CHARTS;
  const free = rows - 1 - BASE_LINES;
  const isConnecting = update.phase === 'connect';
  const thresholdLines = Math.max(0, Math.min(update.thresholds.length, free - (hasCharts ? CHART_LINES : 0)));
  return (
    <Box flexDirection="column" paddingLeft={1} width={width + 1}>
      <Text bold wrap="truncate-end">
        {title}
      </Text>
      <Progress update={update} />
      <Text> </Text>
      {!isConnecting && <Flow update={update} />}
      {!isConnecting && free >= 0 && <Text> </Text>}
      {panel === 'charts' && !isConnecting && (
        <>
          <Latencies last={update.last} overall={update.overall} />
          <LiveThresholds thresholds={update.thresholds} lines={thresholdLines} />
          {hasCharts && <MemoCharts history={history} width={width} />}
        </>
      )}
      {panel === 'details' && <LiveDetails update={update} lines={Math.max(1, free + 3)} />}
      {panel === 'help' && <LiveHelp lines={Math.max(1, free + 3)} />}
      <LatestEvent event={panel === 'details' ? null : (update.events.at(-1) ?? null)} />
      <Text dimColor wrap="truncate-end">
        {footerOf(props)}
      </Text>
    </Box>
  );
}

function footerOf({ hasKeys, isStopping, update, panel }: ScreenProps): string {
  if (isStopping) return 'Stopping; what was measured is kept. Once more: at once.';
  if (!hasKeys) return 'Ctrl-C stops the run; what was measured is kept.';
  const back = (name: LivePanel, text: string) => (panel === name ? 'back' : text);
  const pause = update.isPaused === null ? '' : `p ${update.isPaused ? 'go on' : 'pause'}   `;
  return `q stop   ${pause}d ${back('details', 'details')}   ? ${back('help', 'help')}`;
}

/** Always a line, so that the frame keeps its height when something happens. */
function LatestEvent({ event }: { readonly event: LiveEvent | null }) {
  if (event === null) return <Text> </Text>;
  return (
    <Text color="yellow" wrap="truncate-end">
      {describeEvent(event)}
    </Text>
  );
}

function Progress({ update }: { readonly update: LiveUpdate }) {
  if (update.phase === 'connect') {
    const done = update.clients === 0 ? 0 : update.connected / update.clients;
    return (
      <BarLine
        name="connect"
        done={done}
        text={`opened ${formatCount(update.connected)} of ${formatCount(update.clients)}, ${formatRate(update.openedPerSecond)}`}
      />
    );
  }
  if (update.phase === 'drain') {
    return <BarLine name="drain" done={1} text={`${formatCount(update.inFlight)} still to be delivered`} />;
  }
  const name = update.isPaused ? 'PAUSED' : update.phase;
  const { done, text } = standOf(update);
  return <BarLine name={name} done={done} text={text} />;
}

function standOf({ elapsedUs, totalUs }: LiveUpdate): { readonly done: number; readonly text: string } {
  const passedUs = Math.min(elapsedUs, totalUs);
  const left = formatDuration(Math.ceil((totalUs - passedUs) / 1e6) * 1e6);
  return { done: totalUs === 0 ? 0 : passedUs / totalUs, text: `${left} of ${formatDuration(totalUs)} left` };
}

/** All that time alone changes in a frame. */
export function describeStand(update: LiveUpdate): string {
  const { done, text } = standOf(update);
  return `${filledColumns(done)} ${text}`;
}

function filledColumns(done: number): number {
  return Math.round(Math.min(1, Math.max(0, done)) * BAR_COLUMNS);
}

function BarLine({ name, done, text }: { readonly name: string; readonly done: number; readonly text: string }) {
  const filled = filledColumns(done);
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
        {`${formatCount(update.connected)} of ${formatCount(update.clients)} clients connected${perGateway(update)}, ${formatCount(update.inFlight)} on their way${queue}`}
      </Text>
      <Ledger ledger={update.ledger} />
      <Generator update={update} />
    </>
  );
}

/** " (25 + 25)": how connections are spread over gateways, where that fits. */
function perGateway({ connections }: LiveUpdate): string {
  if (connections.length < 2 || connections.length > GATEWAYS_SHOWN) return '';
  return ` (${connections.map(({ opened }) => formatCount(opened)).join(' + ')})`;
}

/** What there is of comes first: on a narrow terminal it is the zeros that are cut off. */
function Ledger({ ledger }: { readonly ledger: LiveUpdate['ledger'] }) {
  const troubles = [
    { name: 'overdue', count: ledger.lost },
    { name: 'duplicated', count: ledger.duplicated },
    { name: 'reordered', count: ledger.reordered },
    { name: 'misrouted', count: ledger.misrouted },
  ].sort((one, other) => Number(other.count > 0) - Number(one.count > 0));
  return (
    <Text wrap="truncate-end">
      {`ledger  ${formatCount(ledger.once)} delivered`}
      {troubles.map(({ name, count }) => (
        <Text key={name}>
          {', '}
          <Trouble name={name} count={count} />
        </Text>
      ))}
    </Text>
  );
}

function Generator({ update: { ledger, generatorCpuRatio, latenessMaxUs } }: { readonly update: LiveUpdate }) {
  return (
    <Text wrap="truncate-end">
      {`generator  ${formatCount(ledger.sent)} sent, `}
      <Trouble name="skipped" count={ledger.skipped} />
      {`, ≤ ${formatLatency(latenessMaxUs)} late, ${describeCpu(generatorCpuRatio)}`}
    </Text>
  );
}

function Trouble({ name, count }: { readonly name: string; readonly count: number }) {
  const text = `${formatCount(count)} ${name}`;
  return count === 0 ? <Text>{text}</Text> : <Text color="red">{text}</Text>;
}

function Latencies({ last, overall }: { readonly last: LatencyPoint | null; readonly overall: LatencyPoint | null }) {
  return (
    <>
      <Text dimColor wrap="truncate-end">
        {`${alignLeft('delivery, ms', 14)}${['p50', 'p95', 'p99'].map((name) => alignRight(name, 9)).join('')}`}
      </Text>
      <Text wrap="truncate-end">{latencyLine('just arrived', last)}</Text>
      <Text wrap="truncate-end">{latencyLine('whole run', overall)}</Text>
    </>
  );
}

function latencyLine(name: string, point: LatencyPoint | null): string {
  const values = [point?.p50Us, point?.p95Us, point?.p99Us].map((us) => alignRight(formatMs(us ?? null), 9));
  return alignLeft(name, 14) + values.join('');
}

function rate(perSecond: number): string {
  return alignRight(formatRate(perSecond), 8);
}
