import {
  formatBytes,
  formatCount,
  formatNumber,
  formatRate,
  formatRatio,
  formatShare,
  tellLatency,
} from '../quantities.ts';
import type { MetricName } from '../record/metric-names.ts';
import type { LedgerCounts } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';
import {
  type Parser,
  parseBytes,
  parseCount,
  parseDurationUs,
  parseNumber,
  parseRatePerSecond,
  parseRatio,
  parseShare,
} from '../units.ts';
import type { KnownRun } from './known-run.ts';
import { ownOf, timesOf } from './read-result.ts';
import type { Times } from './statistic.ts';
import type { Span } from './window.ts';

/** How the values of a unit are read and written. Within: µs, a whole number, 0–1, per second. */
export const UNITS = {
  // In ms, as latencies are everywhere: 1,221 ms is not 1.22 s in the next line.
  duration: { parse: parseDurationUs, format: tellLatency },
  count: { parse: parseCount, format: formatCount },
  percentage: { parse: parseRatio, format: formatRatio },
  rate: { parse: parseRatePerSecond, format: formatRate },
  bytes: { parse: parseBytes, format: formatBytes },
  share: { parse: parseShare, format: formatShare },
  number: { parse: parseNumber, format: formatNumber },
} as const satisfies Record<string, { parse: Parser<number>; format: (value: number) => string }>;

/** Something of a run that a threshold can be set on. */
export type Metric = TimeMetric | FigureMetric;

interface Described {
  readonly name: string;
  readonly meaning: string;
  /**
   * Which parts of a run it can be read of. `run`: only all of it. `phase`: also warm-up or measure. `span`: any span. `second`: any
   * span of whole seconds, also while the run is under way, so that a run can be ended by it.
   */
  readonly resolution: 'run' | 'phase' | 'span' | 'second';
  /** It is of what is due in measure, so that it has no figures in the other phases. Default false. */
  readonly isOfMeasure?: boolean;
  /** False: the target's protocol has nothing of the kind, so that a threshold on it judges nothing. Default: it has. */
  applies?(result: RunResult): boolean;
  /** Of which deliveries alone it is, as `breakdowns` call them; absent: of all. */
  readonly breakdown?: string;
  readonly blame: Blame;
}

/**
 * Whose doing it is where a threshold on the metric is missed: the `target`'s, whatever else is wrong with the run; the `target`'s
 * unless the generator stood still for so long that it may have brought it about (`patient`); of either, so that an invalid run says
 * nothing of it; or the `generator`'s own.
 */
export type Blame = 'target' | 'patient' | 'either' | 'generator';

/** Whose messages a threshold looks at: those that a group's clients sent, or those that they were to get. */
export interface GroupChoice {
  readonly way: 'of' | 'to';
  readonly name: string;
}

/** What a metric comes to for one group, by whether its clients are the senders or the recipients; absent: it is not told apart so. */
type ByGroup<Value> = Partial<
  Readonly<Record<GroupChoice['way'], (group: GroupResult, run: RunResult) => Value | null>>
>;
export type GroupResult = NonNullable<RunResult['samples']['groups']>[number];

/** Named with one of the statistics. */
export interface TimeMetric extends Described {
  readonly byGroup?: ByGroup<Times>;
  readonly yields: 'times';
  readonly unit: 'duration';
  /** Of connections, before or beside messages: how late those went out says nothing of it. Default false. */
  readonly isOfConnections?: boolean;
  /** The times of a span; null where that is not known by now, or nothing was due. */
  read(known: KnownRun, span: Span): Times | null;
}

/** A single figure. */
export interface FigureMetric extends Described {
  readonly yields: 'figure';
  readonly unit: keyof typeof UNITS;
  /** The figure of a span, in its unit; Infinity for what never came; null where it is not known by now, or there is no data. */
  read(known: KnownRun, span: Span): number | null;
  /** Of a count: what it is a share of, 0–1, so that a percentage can be asked of it. Absent: it is a part of nothing. */
  readonly share?: FigureMetric['read'];
  readonly byGroup?: ByGroup<number>;
  /** As `share`, of one group. */
  readonly shareByGroup?: ByGroup<number>;
}

/** Times that are recorded over the run as a whole. */
export function time(name: MetricName, meaning: string, countMissing: (result: RunResult) => number): TimeMetric {
  return timesAtEnd(name, meaning, (result) => ({
    ...timesOf(result.samples.histograms[name], countMissing(result)),
    own: ownOf(result.samples, name),
  }));
}

export function timesAtEnd(name: string, meaning: string, read: (result: RunResult) => Times | null): TimeMetric {
  return {
    yields: 'times',
    name,
    unit: 'duration',
    meaning,
    resolution: 'run',
    blame: 'target',
    read: ({ result }) => (result === null ? null : read(result)),
  };
}

export function figureAtEnd(
  name: string,
  unit: FigureMetric['unit'],
  meaning: string,
  read: (result: RunResult) => number | null,
): FigureMetric {
  return {
    yields: 'figure',
    name,
    unit,
    meaning,
    resolution: 'run',
    blame: 'either',
    read: ({ result }) => (result === null ? null : read(result)),
  };
}

/**
 * A count of the ledger. Without any of `outOf` there was nothing that could have gone wrong: no data.
 *
 * @param inSeconds  the count and its share of any other span, where seconds tell it
 */
export function count(
  name: keyof LedgerCounts,
  meaning: string,
  outOf: 'expected' | 'sent' | 'planned',
  inSeconds?: Required<Pick<FigureMetric, 'read' | 'share'>>,
): FigureMetric {
  const read =
    (yields: (ledger: LedgerCounts) => number, elsewhere: FigureMetric['read'] | undefined): FigureMetric['read'] =>
    (known, span) => {
      const ledger = ledgerOf(known, span);
      if (ledger === null) return elsewhere?.(known, span) ?? null;
      return ledger[outOf] === 0 ? null : yields(ledger);
    };
  return {
    yields: 'figure',
    name,
    unit: 'count',
    meaning,
    resolution: inSeconds === undefined ? 'phase' : 'second',
    blame: 'patient',
    read: read((ledger) => ledger[name], inSeconds?.read),
    share: read((ledger) => ledger[name] / ledger[outOf], inSeconds?.share),
    ...countByGroup(name, outOf),
  };
}

/** Of the counts whose sender's group is known for each; of what is lost, the recipient's is known, too. */
function countByGroup(
  name: keyof LedgerCounts,
  outOf: 'expected' | 'sent' | 'planned',
): Pick<FigureMetric, 'byGroup' | 'shareByGroup'> {
  const read =
    (isShare: boolean) =>
    ({ ledger }: GroupResult) =>
      ledger[outOf] === 0 ? null : ledger[name as keyof typeof ledger] / (isShare ? ledger[outOf] : 1);
  const readLost =
    (isShare: boolean) =>
    ({ received }: GroupResult) => {
      const expected = received.lost + timesOf(received.delivery, 0).recorded.count;
      return expected === 0 ? null : received.lost / (isShare ? expected : 1);
    };
  if (!COUNTED_BY_GROUP.includes(name)) return {};
  const to = name === 'lost';
  return {
    byGroup: { of: read(false), ...(to && { to: readLost(false) }) },
    shareByGroup: { of: read(true), ...(to && { to: readLost(true) }) },
  };
}

const COUNTED_BY_GROUP: readonly (keyof LedgerCounts)[] = [
  'lost',
  'late',
  'recovered',
  'held',
  'skipped',
  'unsendable',
];

/** The audit of all that lies in the span; null where there is none of that. */
function ledgerOf({ ledgers }: KnownRun, { allOf }: Span): LedgerCounts | null {
  if (allOf === 'warm-up') return ledgers?.warmup ?? null;
  return allOf === 'run' || allOf === 'measure' ? (ledgers?.measure ?? null) : null;
}
