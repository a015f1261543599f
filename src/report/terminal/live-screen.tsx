import { Box, Text } from 'ink';
import { formatCount, formatDuration, formatRate } from '../../quantities.ts';
import type { LiveEvent, LiveUpdate } from '../../record/live-update.ts';
import { deliveriesPerMessage } from '../deliveries-per-message.ts';
import { LEAST_ROWS, LiveCharts } from './live-charts.tsx';
import { describeEvent, LiveDetails } from './live-details.tsx';
import { LiveFlow, LiveLatencies } from './live-figures.tsx';
import { LiveHelp } from './live-help.tsx';
import type { LiveHistory } from './live-history.ts';
import { type LiveTheme, ThemeProvider, useTheme } from './live-theme.ts';
import { LiveThresholds } from './live-thresholds.tsx';
import { MeasuredBox } from './measured-box.tsx';

/** From here on thresholds stand beside the figures, not below them. */
const WIDE = 120;
/** Below these sizes the charts get what is left over by everything else, which may be nothing. */
const ROWS_FOR_CHARTS = 20;
const COLUMNS_FOR_CHARTS = 60;

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
  readonly theme: LiveTheme;
  /** Of the terminal. */
  readonly columns: number;
  readonly rows: number;
}

/** One frame, which fills the terminal but for its last row: written to, that would scroll it. */
export function LiveScreen(props: ScreenProps) {
  const { title, update, theme, panel, columns, rows } = props;
  return (
    <ThemeProvider value={theme}>
      <Box flexDirection="column" paddingX={1} width={columns} height={Math.max(1, rows - 1)} overflow="hidden">
        <Head title={title} update={update} width={columns - 2} />
        {update.phase === 'connect' ? (
          <MeasuredBox flexGrow={1} flexBasis={0}>
            {({ height }) => <Panel panel={panel} update={update} lines={height} />}
          </MeasuredBox>
        ) : (
          <Body {...props} />
        )}
        <Foot {...props} />
      </Box>
    </ThemeProvider>
  );
}

function Head({
  title,
  update,
  width,
}: {
  readonly title: string;
  readonly update: LiveUpdate;
  readonly width: number;
}) {
  const theme = useTheme();
  const { name, done, text } = standOf(update);
  const filled = Math.round(done * width);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box columnGap={2}>
        <Box flexShrink={1} flexGrow={1}>
          <Text wrap="truncate-end">{theme.strong(title)}</Text>
        </Box>
        <Box flexShrink={0}>
          <Text>{`${update.isPaused ? theme.caution(name) : name}  ${text}`}</Text>
        </Box>
      </Box>
      <Text wrap="truncate-end">{theme.calm('━'.repeat(filled)) + theme.quiet('─'.repeat(width - filled))}</Text>
    </Box>
  );
}

function Body({ update, history, panel, columns, rows }: ScreenProps) {
  const recipients = deliveriesPerMessage(update.ledger);
  const flow = <LiveFlow update={update} history={history} recipients={recipients} />;
  if (panel !== 'charts') {
    return (
      <>
        {flow}
        <MeasuredBox flexGrow={1} flexBasis={0} marginTop={rows >= ROWS_FOR_CHARTS ? 1 : 0}>
          {({ height }) => <Panel panel={panel} update={update} lines={height} />}
        </MeasuredBox>
      </>
    );
  }
  const { thresholds } = update;
  const hasRoom = rows >= ROWS_FOR_CHARTS && columns >= COLUMNS_FOR_CHARTS;
  const listThresholds = ({ height }: { readonly height: number }) => (
    <LiveThresholds thresholds={thresholds} lines={height} />
  );
  const figures = (
    <>
      <LiveLatencies update={update} />
      {flow}
    </>
  );
  return (
    <>
      {columns >= WIDE ? (
        <Box columnGap={3} flexShrink={0}>
          <Box flexDirection="column" flexGrow={1} flexBasis={0}>
            {figures}
          </Box>
          <MeasuredBox flexGrow={1} flexBasis={0}>
            {listThresholds}
          </MeasuredBox>
        </Box>
      ) : (
        <>
          {figures}
          <MeasuredBox height={thresholds.length} flexShrink={1}>
            {listThresholds}
          </MeasuredBox>
        </>
      )}
      <MeasuredBox flexGrow={1} flexShrink={hasRoom ? 0 : 1} flexBasis={hasRoom ? LEAST_ROWS : 0}>
        {(size) => (
          <LiveCharts
            {...size}
            history={history}
            totalUs={update.totalUs}
            recipients={recipients}
            hasQueue={update.queueDepth !== null}
            observed={update.observed ?? NOTHING_OBSERVED}
            events={update.events}
          />
        )}
      </MeasuredBox>
    </>
  );
}

/** The same at every drawing, so that charts are not drawn again for nothing new. */
const NOTHING_OBSERVED: NonNullable<LiveUpdate['observed']> = [];

interface PanelProps {
  readonly panel: LivePanel;
  readonly update: LiveUpdate;
  readonly lines: number;
}

function Panel({ panel, update, lines }: PanelProps) {
  if (panel === 'details') return <LiveDetails update={update} lines={lines} />;
  return panel === 'help' ? <LiveHelp lines={lines} /> : null;
}

/** The latest event has its line even where there is none, so that nothing moves when something happens. */
function Foot(props: ScreenProps) {
  const theme = useTheme();
  const event: LiveEvent | null = props.panel === 'details' ? null : (props.update.events.at(-1) ?? null);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text wrap="truncate-end">{event === null ? ' ' : theme.caution(describeEvent(event))}</Text>
      <Text wrap="truncate-end">{theme.quiet(footerOf(props))}</Text>
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

interface Stand {
  readonly name: string;
  /** 0 … 1 */
  readonly done: number;
  readonly text: string;
}

function standOf(update: LiveUpdate): Stand {
  const { phase, connected, clients, openedPerSecond, inFlight, elapsedUs, totalUs } = update;
  const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.min(1, Math.max(0, part / whole)));
  if (phase === 'connect') {
    const text = `opened ${formatCount(connected)} of ${formatCount(clients)}, ${formatRate(openedPerSecond)}`;
    return { name: 'connect', done: share(connected, clients), text };
  }
  if (phase === 'drain') return { name: 'drain', done: 1, text: `${formatCount(inFlight)} still to be delivered` };
  const passedUs = Math.min(elapsedUs, totalUs);
  const left = formatDuration(Math.ceil((totalUs - passedUs) / 1e6) * 1e6);
  return {
    name: update.isPaused ? 'PAUSED' : phase,
    done: share(passedUs, totalUs),
    text: `${left} of ${formatDuration(totalUs)} left`,
  };
}

/** How many steps of the bar are worth a frame, which costs more than it shows. */
const STEPS = 50;

/** All that time alone changes in a frame. */
export function describeStand(update: LiveUpdate): string {
  const { done, text } = standOf(update);
  return `${Math.round(done * STEPS)} ${text}`;
}
