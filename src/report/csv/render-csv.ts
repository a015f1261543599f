import { mostOf } from '../../extremes.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import type { Interval } from '../../record/samples.ts';
import type { RunResult } from '../../result/run-result.ts';
import { LATENCY_COLUMNS } from '../latency-columns.ts';
import { serviceTimeLabel } from '../service-time-label.ts';

const SECOND_US = 1_000_000;

type Cell = string | number | null;

interface Column {
  readonly title: string;
  yieldCell(interval: Interval, result: RunResult): Cell;
}

const COUNTS: readonly Column[] = [
  { title: 'second (s)', yieldCell: ({ second }) => second },
  { title: 'phase', yieldCell: ({ second }, { phases }) => phaseOf(second * SECOND_US, phases) },
  { title: 'offered (messages)', yieldCell: ({ offered }) => offered },
  { title: 'sent (messages)', yieldCell: ({ sent }) => sent },
  { title: 'skipped (messages)', yieldCell: ({ skipped }) => skipped },
  { title: 'delivered (deliveries)', yieldCell: ({ delivered }) => delivered },
  { title: 'in flight (messages)', yieldCell: ({ inFlight }) => inFlight },
  { title: 'lateness max (ms)', yieldCell: ({ latenessMaxUs }) => inMs(latenessMaxUs) },
];

/** Of what arrived in the second, and of what was due in it, which may have arrived later. */
function listLatencies(result: RunResult): readonly Column[] {
  const label = serviceTimeLabel(result);
  const latencies = (which: string, histogramOf: (interval: Interval) => string | null) =>
    LATENCY_COLUMNS.map(([title, field]) => ({
      title: `delivery ${title} ${which} (ms)${label}`,
      yieldCell: (interval: Interval) => inMs(summarizeHistogram(histogramOf(interval) ?? '')?.[field] ?? null),
    }));
  return [
    ...latencies('by arrival', ({ delivery }) => delivery),
    ...latencies('by due time', ({ due }) => due),
    { title: 'lost by due time (deliveries)', yieldCell: ({ lost }) => lost },
  ];
}

const QUEUE: readonly Column[] = [
  {
    title: 'queue ready max (messages)',
    yieldCell: ({ second }, { queue }) => largestOf(queue?.ready, queue?.atUs, second),
  },
  {
    title: 'queue in flight max (messages)',
    yieldCell: ({ second }, { queue }) => largestOf(queue?.inFlight, queue?.atUs, second),
  },
];

const EVENTS: Column = {
  title: 'events',
  yieldCell: ({ second }, { timeline }) =>
    timeline
      .filter(({ atUs }) => Math.floor(atUs / SECOND_US) === second)
      .map(({ kind, text }) => `${kind}: ${text}`)
      .join('; '),
};

/** The run's series as CSV (RFC 4180), one row per second, units in the header. A cell without data is empty. */
export function renderCsv(result: RunResult): string {
  const columns = [...COUNTS, ...listLatencies(result), ...QUEUE, EVENTS];
  const rows = result.samples.intervals.map((interval) => columns.map((column) => column.yieldCell(interval, result)));
  return [columns.map(({ title }) => title), ...rows].map((row) => `${row.map(renderCell).join(',')}\r\n`).join('');
}

function renderCell(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' ? withoutFormula(cell) : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spreadsheets run text that begins like a formula; an apostrophe makes it text. */
function withoutFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function phaseOf(startUs: number, { warmupEndUs, measureEndUs }: RunResult['phases']): string {
  if (startUs < warmupEndUs) return 'warm-up';
  return startUs < measureEndUs ? 'measure' : 'drain';
}

function inMs(us: number | null): number | null {
  return us === null ? null : us / 1000;
}

function largestOf(
  values: readonly (number | null)[] | undefined,
  atUs: readonly number[] | undefined,
  second: number,
): number | null {
  const within = (values ?? []).filter(
    (value, index): value is number => value !== null && Math.floor((atUs?.[index] ?? 0) / SECOND_US) === second,
  );
  return within.length === 0 ? null : mostOf(within);
}
