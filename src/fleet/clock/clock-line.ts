import { leastOf, mostOf } from '../../extremes.ts';

/**
 * What an exchange of two times tells of the offset between two clocks, that of the other one minus one's own. The truth lies
 * within, whatever the delays of both ways were.
 */
export interface OffsetInterval {
  /** When it was, on one's own clock, µs. */
  readonly atUs: number;
  readonly lowUs: number;
  readonly highUs: number;
}

/** Clocks tell whole microseconds, after they have passed. */
const QUANTUM_US = 1;

/**
 * @param sentAtUs     t₁, own clock
 * @param receivedAtUs t₂, the other's
 * @param answeredAtUs t₃, the other's
 * @param arrivedAtUs  t₄, own clock
 * @returns [t₃ − t₄, t₂ − t₁]: the answer took no less than no time, and neither did the question
 */
export function intervalOfPing(
  sentAtUs: number,
  receivedAtUs: number,
  answeredAtUs: number,
  arrivedAtUs: number,
): OffsetInterval {
  // The lower end is of t₄, the upper of t₁, and the offset of the time between them.
  const slackUs = QUANTUM_US + ((arrivedAtUs - sentAtUs) / 2) * DRIFT_MOST;
  return {
    atUs: (sentAtUs + arrivedAtUs) / 2,
    lowUs: answeredAtUs - arrivedAtUs - slackUs,
    highUs: receivedAtUs - sentAtUs + slackUs,
  };
}

/** Clocks of computers drift by less against each other: parts of one. */
export const DRIFT_MOST = 500e-6;

/**
 * Within a minute their drift changes by less: by temperature some millionths, by a time service that slews one of them up to this. Parts
 * of one, from what it is at any one time.
 */
export const WANDER_MOST = 100e-6;

/** An offset, and how far the truth may be from it at most; µs. */
export interface BoundedOffset {
  readonly offsetUs: number;
  readonly boundUs: number;
}

/**
 * The offset between two clocks over time: what the last exchanges, each of which is true of its own moment, leave open of another. Around
 * the time t that is asked for the offset is a line, offset(s) = a + b · (s − t) + w(s) with |b| at most `DRIFT_MOST` and |w(s)| at most
 * `WANDER_MOST` · |s − t|. So all (a, b) whose line goes through every interval, each widened by that, are a convex polygon, and the
 * offset at t is the range of their a.
 */
export interface ClockLine {
  add(interval: OffsetInterval): void;
  /**
   * The middle of what the offset may be at this time of one's own clock; null before the first interval, and where no line is left: a clock
   * has stepped.
   */
  at(ownUs: number): BoundedOffset | null;
}

interface Line {
  /** Offset at the time that is asked for, beyond the middle of the newest interval, µs. */
  readonly a: number;
  /** Drift, µs per µs. */
  readonly b: number;
}

/** At two exchanges a second, some 24 s: older ones say little that they do not. */
const KEPT = 48;
/** Exchanges in a row are kept as one. */
const ROW_US = 50_000;

export function openClockLine(): ClockLine {
  const kept: OffsetInterval[] = [];
  /** When the newest of them began. */
  let rowUs = Number.NEGATIVE_INFINITY;
  return {
    add(interval) {
      const both = interval.atUs - rowUs <= ROW_US ? join(kept.at(-1)!, interval) : null;
      if (both !== null) {
        kept[kept.length - 1] = both;
        return;
      }
      rowUs = interval.atUs;
      kept.push(interval);
      if (kept.length > KEPT) kept.shift();
    },
    at(ownUs) {
      const newest = kept.at(-1);
      if (newest === undefined) return null;
      const baseUs = (newest.lowUs + newest.highUs) / 2;
      let lines = linesThrough(widen(newest, ownUs), newest.atUs - ownUs, baseUs);
      for (let i = kept.length - 2; i >= 0 && lines.length > 0; i--) {
        const { lowUs, highUs, atUs } = widen(kept[i]!, ownUs);
        lines = clip(lines, atUs - ownUs, highUs - baseUs, -1);
        lines = clip(lines, atUs - ownUs, lowUs - baseUs, 1);
      }
      if (lines.length === 0) return null;
      const offsets = lines.map(({ a }) => a);
      const [low, high] = [leastOf(offsets), mostOf(offsets)];
      return { offsetUs: baseUs + (low + high) / 2, boundUs: (high - low) / 2 };
    },
  };
}

/** What both leave open at the time of the later; null where that is nothing: a clock has stepped between them. */
function join(earlier: OffsetInterval, later: OffsetInterval): OffsetInterval | null {
  const driftUs = DRIFT_MOST * Math.abs(later.atUs - earlier.atUs);
  const lowUs = Math.max(later.lowUs, earlier.lowUs - driftUs);
  const highUs = Math.min(later.highUs, earlier.highUs + driftUs);
  return lowUs <= highUs ? { atUs: later.atUs, lowUs, highUs } : null;
}

function widen({ atUs, lowUs, highUs }: OffsetInterval, ownUs: number): OffsetInterval {
  const wanderUs = WANDER_MOST * Math.abs(atUs - ownUs);
  return { atUs, lowUs: lowUs - wanderUs, highUs: highUs + wanderUs };
}

/** All lines of a possible drift through one interval, so long after the time that is asked for; a parallelogram. */
function linesThrough({ lowUs, highUs }: OffsetInterval, t: number, baseUs: number): readonly Line[] {
  const [low, high] = [lowUs - baseUs, highUs - baseUs];
  return [
    { a: low + DRIFT_MOST * t, b: -DRIFT_MOST },
    { a: high + DRIFT_MOST * t, b: -DRIFT_MOST },
    { a: high - DRIFT_MOST * t, b: DRIFT_MOST },
    { a: low - DRIFT_MOST * t, b: DRIFT_MOST },
  ];
}

/**
 * The part of a convex polygon whose lines are not below (`side` 1), or not above (−1), a value at t (Sutherland and Hodgman, one edge).
 * Most exchanges cut nothing off, and cost no allocation.
 */
function clip(lines: readonly Line[], t: number, valueUs: number, side: 1 | -1): readonly Line[] {
  const insideBy = ({ a, b }: Line) => side * (a + b * t - valueUs);
  if (lines.every((line) => insideBy(line) >= 0)) return lines;
  return lines.flatMap((line, index) => {
    const next = lines[(index + 1) % lines.length]!;
    const here = insideBy(line);
    const there = insideBy(next);
    const kept = here >= 0 ? [line] : [];
    if (here >= 0 === there >= 0) return kept;
    const share = here / (here - there);
    return [...kept, { a: line.a + share * (next.a - line.a), b: line.b + share * (next.b - line.b) }];
  });
}
