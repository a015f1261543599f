import { formatDuration } from '../../quantities.ts';
import { displayWidth } from './display-width.ts';

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Round to people, µs. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 168].map((hours) => hours * HOUR),
];

/** Columns from the start of one label to that of the next, at least. */
const APART = 10;

/** The line under a chart of so many columns: 0, round times, and the end of the span. */
export function drawTimeTicks(spanUs: number, columns: number): string {
  const step = STEPS.find((candidate) => (candidate / spanUs) * columns >= APART) ?? STEPS.at(-1)!;
  const end = formatDuration(spanUs);
  let line = '';
  for (let atUs = 0; atUs < spanUs; atUs += step) {
    const label = atUs === 0 ? '0' : formatDuration(atUs);
    const column = Math.floor((atUs / spanUs) * columns);
    const room = columns - displayWidth(end) - 1;
    if (column < displayWidth(line) || column + displayWidth(label) > room) continue;
    line = line.padEnd(column) + label;
  }
  const before = columns - displayWidth(end);
  return before <= displayWidth(line) ? line : line.padEnd(before) + end;
}
