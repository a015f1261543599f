import { Text } from 'ink';
import { formatCount, formatDuration, formatLatency, formatShare } from '../../quantities.ts';
import type { LiveEvent, LiveUpdate } from '../../record/live-update.ts';
import { formatObserved } from '../format-observed.ts';
import { plainText } from './plain-text.ts';

/** What the overview has no room for: connections by gateway, the queue's parts, every threshold, what happened. */
export function LiveDetails({ update, lines }: { readonly update: LiveUpdate; readonly lines: number }) {
  const all = listDetails(update);
  const shown = all.length <= lines ? all : [...all.slice(0, lines - 1), `… ${all.length - lines + 1} more lines`];
  return <Text wrap="truncate-end">{shown.map((line) => (line === '' ? ' ' : line)).join('\n')}</Text>;
}

/** "17.2 s  killed: worker-1". */
export function describeEvent({ atUs, kind, text }: LiveEvent): string {
  return plainText(`${formatDuration(atUs)}  ${kind}: ${text}`);
}

/** "34 % of a core". */
export function describeCpu(ratio: number | null): string {
  return ratio === null ? 'CPU unknown' : `${formatShare(ratio)} of a core`;
}

function listDetails(update: LiveUpdate): readonly string[] {
  const part = (count: number | null) => (count === null ? 'unknown' : formatCount(count));
  return [
    `generator    latest send ${formatLatency(update.latenessMaxUs)} after it was due, ${formatCount(update.ledger.skipped)} skipped, ${describeCpu(update.generatorCpuRatio)}`,
    `queue        ${part(update.queueReady)} ready, ${part(update.queueInFlight)} at workers`,
    ...(update.observed ?? []).map(
      ({ name, unit, value }, index) =>
        `${index === 0 ? 'observed     ' : ' '.repeat(13)}${plainText(name)}  ${formatObserved(unit, value)}`,
    ),
    ...update.connections.map(
      ({ endpoint, opened }, index) =>
        `${index === 0 ? 'connections  ' : ' '.repeat(13)}${formatCount(opened).padStart(6)}  ${plainText(endpoint)}`,
    ),
    ...update.thresholds.map(
      ({ expression, actual, ok }, index) =>
        `${index === 0 ? 'thresholds   ' : ' '.repeat(13)}${ok === null ? '·' : ok ? '✓' : '✗'} ${plainText(expression)}   ${plainText(actual ?? 'known at the end')}`,
    ),
    ...update.events.map((event, index) => `${index === 0 ? 'events       ' : ' '.repeat(13)}${describeEvent(event)}`),
  ];
}
