import { formatMs } from '../../../quantities.ts';
import type { ExperimentData } from '../experiment-data.ts';
import { latencyCurve } from './curve-section.ts';
import { section } from './section.ts';
import { type Column, table } from './table.ts';

/** How long the recipients of one message wait for each other, by the size of their room; null where that is not varied. */
export function fanoutStepsSection({ fanout }: ExperimentData): HTMLElement | null {
  if (fanout === null || fanout.rows.length === 0) return null;
  const curve = { ...fanout, axis: 'room-size', knee: null, capacity: null } as const;
  const figures = fanout.p95Us.flatMap(({ name }) => [`${name} p50, ms`, `${name} p95, ms`]);
  const columns: readonly Column[] = [
    { title: 'Step', kind: 'text' },
    ...figures.map((title) => ({ title, kind: 'figure' as const })),
  ];
  const rows = fanout.rows.map(({ label, us }) => [label, ...us.map(formatMs)]);
  const last = fanout.p95Us.length - 1;
  const note = 'p95, ms, until the first, the median and the last recipient has a message, over members of a room.';
  return section(
    'fanout',
    'Fan-out',
    fanout.x.length < 2 ? null : latencyCurve(curve, fanout.p95Us, last, 'Fan-out by size of room:', note),
    table('Message due until its first, median and last recipient has it', columns, rows),
  );
}
