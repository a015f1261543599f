import { Box, Text } from 'ink';
import { formatCount, formatLatency, formatRate, formatRatio } from '../../quantities.ts';
import type { LatencyPoint, LiveUpdate } from '../../record/live-update.ts';
import { FOLLOWS } from '../deliveries-per-message.ts';
import { formatObserved } from '../format-observed.ts';
import { alignLeft, alignRight } from './display-width.ts';
import { describeCpu } from './live-details.tsx';
import type { LiveHistory } from './live-history.ts';
import { useTheme } from './live-theme.ts';
import { plainText } from './plain-text.ts';

/** More are in the details. */
const GATEWAYS_SHOWN = 4;

/** A threshold on the p95 of the whole run: not of a group, a region or a window. */
const P95_OF_ALL = /^\s*delivery\.p95\s*[<>=!]+\s*\S+\s*$/;

/** What recipients wait, in the last second and over the whole run: the p95 is loud, and more so where a threshold of it fails. */
export function LiveLatencies({ update }: { readonly update: LiveUpdate }) {
  const theme = useTheme();
  const fails = update.thresholds.some(({ expression, ok }) => ok === false && P95_OF_ALL.test(expression));
  const line = (name: string, point: LatencyPoint | null, isFailing: boolean) => {
    const figure = (us: number | null | undefined) => alignRight(formatLatency(us ?? null), 9);
    const p95 = (isFailing ? theme.bad : theme.strong)(`p95 ${figure(point?.p95Us)}`);
    return `${alignLeft(name, 12)} ${p95}   p50 ${figure(point?.p50Us)}   p99 ${figure(point?.p99Us)}`;
  };
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text wrap="truncate-end">{line('just arrived', update.last, false)}</Text>
      <Text wrap="truncate-end">{line('whole run', update.overall, fails)}</Text>
    </Box>
  );
}

export interface FlowProps {
  readonly update: LiveUpdate;
  readonly history: LiveHistory;
  readonly recipients: number;
}

/** Messages on their way from the schedule to recipients, and the books of them. */
export function LiveFlow({ update, history, recipients }: FlowProps) {
  const theme = useTheme();
  const queue = update.queueDepth === null ? '' : `, ${formatCount(update.queueDepth)} in the queue`;
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text wrap="truncate-end">{rateLine({ update, history, recipients }, theme.caution)}</Text>
      <Text wrap="truncate-end">
        {`${formatCount(update.connected)} of ${formatCount(update.clients)} clients connected${perGateway(update)}, ${formatCount(update.inFlight)} on their way${queue}`}
      </Text>
      {update.observed === undefined ? null : <Text wrap="truncate-end">{describeObserved(update.observed)}</Text>}
      <Ledger ledger={update.ledger} />
      <Generator update={update} />
    </Box>
  );
}

/** Seconds over which it is judged whether one rate follows another: a single one of them is noise. */
const JUDGED = 3;

function rateLine({ update, history, recipients }: FlowProps, warn: (text: string) => string): string {
  const recent = history.stretches.slice(-JUDGED);
  const sum = (key: 'offered' | 'sent' | 'delivered') => recent.reduce((total, stretch) => total + stretch[key], 0);
  const isJudged = recent.length === JUDGED && (update.phase === 'measure' || update.phase === 'warm-up');
  const sentShare = sum('offered') === 0 ? 1 : sum('sent') / sum('offered');
  const deliveredShare = sum('offered') === 0 ? 1 : sum('delivered') / (sum('offered') * recipients);
  const mark = (text: string, share: number) =>
    isJudged && share < FOLLOWS ? warn(`${text} (${formatRatio(Math.round(share * 100) / 100)} of it)`) : text;
  const wanted = recipients === 1 ? '' : ` × ${formatCount(recipients)} recipients`;
  const offered = `offered ${formatRate(update.offeredPerSecond)}${wanted}`;
  const sent = mark(`sent ${formatRate(update.sentPerSecond)}`, sentShare);
  return `${offered}   ${sent}   ${mark(`delivered ${formatRate(update.deliveredPerSecond)}`, deliveredShare)}`;
}

/** "observed  lag 12, worker 98 %": what fits of them. */
function describeObserved(observed: NonNullable<LiveUpdate['observed']>): string {
  // Several figures of one thing are in the details.
  const first = observed.filter(({ name }) => !name.includes('.'));
  return `observed  ${first.map(({ name, unit, value }) => `${plainText(name)} ${formatObserved(unit, value)}`).join(', ')}`;
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
        <Trouble key={name} name={name} count={count} />
      ))}
    </Text>
  );
}

function Generator({ update: { ledger, generatorCpuRatio, latenessMaxUs } }: { readonly update: LiveUpdate }) {
  return (
    <Text wrap="truncate-end">
      {`generator  ${formatCount(ledger.sent)} sent`}
      <Trouble name="skipped" count={ledger.skipped} />
      {`, ≤ ${formatLatency(latenessMaxUs)} late, ${describeCpu(generatorCpuRatio)}`}
    </Text>
  );
}

/** A zero is quiet. */
function Trouble({ name, count }: { readonly name: string; readonly count: number }) {
  const theme = useTheme();
  return (
    <Text>
      {', '}
      {(count === 0 ? theme.quiet : theme.bad)(`${formatCount(count)} ${name}`)}
    </Text>
  );
}
