import { mostOf } from '../../extremes.ts';
import { lowestValueOf, type SparseHistogram } from '../../record/histogram.ts';
import type { LiveObserved, LiveUpdate } from '../../record/live-update.ts';

/** More than the widest chart has columns. With one more, every two become one: memory does not grow with the length of a run. */
const MOST_STRETCHES = 480;

/** Bands of latency, equally wide on a logarithmic axis. */
export const BANDS_PER_DECADE = 16;
/** Where the lowest band begins, µs; the highest ends six decades above, and what lies beyond either belongs to it. */
const LOWEST_US = 100;
const BANDS = 6 * BANDS_PER_DECADE;

/** The whole run so far, oldest first. */
export interface LiveHistory {
  readonly stretches: readonly LiveStretch[];
}

/** A second of the run; of a long one, several of them together. */
export interface LiveStretch {
  /** Since run start. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Messages per second, on average. */
  readonly offered: number;
  readonly sent: number;
  readonly delivered: number;
  /** Delivery latency, the worst of its seconds; null where nothing arrived. */
  readonly p50Us: number | null;
  readonly p95Us: number | null;
  readonly p99Us: number | null;
  /** The deepest queue; messages on their way where the queue cannot be seen. */
  readonly depth: number;
  /** Deliveries by band of latency; see `bandFloorUs`. */
  readonly bands: readonly number[];
  /** The largest of each series that the scenario observes. */
  readonly observed: Readonly<Record<string, number | null>>;
}

export const EMPTY_HISTORY: LiveHistory = { stretches: [] };

/** The history with one second more; `delivery` holds the latencies of what arrived in it. */
export function extendHistory(history: LiveHistory, update: LiveUpdate, delivery: SparseHistogram): LiveHistory {
  if (update.phase === 'connect') return history;
  const before = history.stretches.at(-1)?.toUs ?? 0;
  const toUs = Math.max(before, update.elapsedUs);
  const second: LiveStretch = {
    fromUs: history.stretches.length === 0 ? Math.max(0, toUs - 1e6) : before,
    toUs,
    offered: update.offeredPerSecond,
    sent: update.sentPerSecond,
    delivered: update.deliveredPerSecond,
    p50Us: update.last?.p50Us ?? null,
    p95Us: update.last?.p95Us ?? null,
    p99Us: update.last?.p99Us ?? null,
    depth: update.queueDepth ?? update.inFlight,
    bands: countBands(delivery),
    observed: Object.fromEntries((update.observed ?? []).map(({ name, value }: LiveObserved) => [name, value])),
  };
  const stretches = [...history.stretches, second];
  return { stretches: stretches.length > MOST_STRETCHES ? joinPairs(stretches) : stretches };
}

/** Lower edge of a band, µs. */
export function bandFloorUs(band: number): number {
  return LOWEST_US * 10 ** (band / BANDS_PER_DECADE);
}

/**
 * One value for each column of a chart over `spanUs`: what its stretches have in common, by `fold`; null where there is none, and
 * from now on.
 */
export function valuesPerColumn(
  { stretches }: LiveHistory,
  spanUs: number,
  columns: number,
  pick: (stretch: LiveStretch) => number | null,
  fold: (values: readonly number[]) => number,
): readonly (number | null)[] {
  return stretchesPerColumn(stretches, spanUs, columns).map((within) => {
    const values = within.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : fold(values);
  });
}

/** For each column of a chart over `spanUs`, the stretches in it: one that is wider than a column is in each that it reaches. */
export function stretchesPerColumn(
  stretches: readonly LiveStretch[],
  spanUs: number,
  columns: number,
): readonly (readonly LiveStretch[])[] {
  let first = 0;
  return Array.from({ length: columns }, (_, column) => {
    const fromUs = (column * spanUs) / columns;
    const toUs = ((column + 1) * spanUs) / columns;
    while (first < stretches.length && stretches[first]!.toUs <= fromUs) first++;
    let end = first;
    while (end < stretches.length && stretches[end]!.fromUs < toUs) end++;
    return stretches.slice(first, end);
  });
}

/** Band by band. */
export function sumBands(one: LiveStretch['bands'], other: LiveStretch['bands']): LiveStretch['bands'] {
  return one.map((count, band) => count + other[band]!);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function countBands({ pairs }: SparseHistogram): readonly number[] {
  const counts = new Array<number>(BANDS).fill(0);
  for (let index = 0; index < pairs.length; index += 2) {
    const band = Math.floor(Math.log10(Math.max(1, lowestValueOf(pairs[index]!)) / LOWEST_US) * BANDS_PER_DECADE);
    const within = Math.min(BANDS - 1, Math.max(0, band));
    counts[within] = counts[within]! + pairs[index + 1]!;
  }
  return counts;
}

function joinPairs(stretches: readonly LiveStretch[]): readonly LiveStretch[] {
  return stretches.flatMap((stretch, index) => {
    if (index % 2 === 1) return [];
    const next = stretches[index + 1];
    return [next === undefined ? stretch : join(stretch, next)];
  });
}

function join(one: LiveStretch, other: LiveStretch): LiveStretch {
  const lengths = [one.toUs - one.fromUs, other.toUs - other.fromUs] as const;
  const whole = lengths[0] + lengths[1];
  const mean = (key: 'offered' | 'sent' | 'delivered') =>
    whole === 0 ? other[key] : (one[key] * lengths[0] + other[key] * lengths[1]) / whole;
  return {
    fromUs: one.fromUs,
    toUs: other.toUs,
    offered: mean('offered'),
    sent: mean('sent'),
    delivered: mean('delivered'),
    p50Us: worse(one.p50Us, other.p50Us),
    p95Us: worse(one.p95Us, other.p95Us),
    p99Us: worse(one.p99Us, other.p99Us),
    depth: Math.max(one.depth, other.depth),
    bands: sumBands(one.bands, other.bands),
    observed: Object.fromEntries(
      Object.keys({ ...one.observed, ...other.observed }).map((name) => [
        name,
        worse(one.observed[name] ?? null, other.observed[name] ?? null),
      ]),
    ),
  };
}

function worse(one: number | null, other: number | null): number | null {
  const known = [one, other].filter((value) => value !== null);
  return known.length === 0 ? null : mostOf(known);
}
