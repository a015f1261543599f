import { formatCount, formatDuration, formatLatency, formatRate } from '../../quantities.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { formatObserved } from '../format-observed.ts';
import { plainText } from './plain-text.ts';

/**
 * One line about a run under way, without colour or cursor movement, for output that is no terminal. Ends without a line break.
 */
export function renderProgressLine(update: LiveUpdate): string {
  return `${place(update)}  ${facts(update).join(', ')}`;
}

function place(update: LiveUpdate): string {
  if (update.phase === 'connect') return `connect ${wholeSeconds(update.elapsedUs)}`;
  if (update.phase === 'drain') return 'drain';
  return `${update.phase} ${wholeSeconds(update.elapsedUs)} of ${formatDuration(update.totalUs)}`;
}

function facts(update: LiveUpdate): readonly string[] {
  if (update.phase === 'connect')
    return [
      `${formatCount(update.connected)} of ${formatCount(update.clients)} opened`,
      formatRate(update.openedPerSecond),
    ];
  const queue = update.queueDepth === null ? [] : [`queue ${formatCount(update.queueDepth)}`];
  if (update.phase === 'drain') return [`${formatCount(update.inFlight)} still to be delivered`, ...queue];
  return [
    `${formatRate(update.sentPerSecond)} sent`,
    `${formatRate(update.deliveredPerSecond)} delivered`,
    ...(update.last === null ? [] : [`p95 ${formatLatency(update.last.p95Us)}`]),
    ...queue,
    ...(update.observed ?? [])
      .filter(({ name }) => name !== 'queue' && !name.includes('.'))
      .map(({ name, unit, value }) => `${plainText(name)} ${formatObserved(unit, value)}`),
  ];
}

function wholeSeconds(us: number): string {
  return formatDuration(Math.floor(us / 1_000_000) * 1_000_000).replace('0 ms', '0 s');
}
