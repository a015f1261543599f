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
  return {
    atUs: (sentAtUs + arrivedAtUs) / 2,
    // Both ends are as true at t₁ as at t₄ only up to what the clocks drift apart meanwhile, which `CLOCK_SLACK` stands for.
    lowUs: answeredAtUs - arrivedAtUs - slackOf(sentAtUs, arrivedAtUs),
    highUs: receivedAtUs - sentAtUs + slackOf(sentAtUs, arrivedAtUs),
  };
}

function slackOf(fromUs: number, toUs: number): number {
  return (toUs - fromUs) * DRIFT_MOST;
}

/** Clocks of computers drift by less against each other, also while they are slewed: parts of one. */
export const DRIFT_MOST = 500e-6;

/** An offset, and how far the truth may be from it at most; µs. */
export interface BoundedOffset {
  readonly offsetUs: number;
  readonly boundUs: number;
}

/**
 * The offset between two clocks as a line over time, offset(t) = a + b · t with |b| at most `DRIFT_MOST`: all lines that go through
 * every interval so far. They are a convex polygon of points (a, b), which each interval clips by two half-planes.
 */
export interface ClockLine {
  add(interval: OffsetInterval): void;
  /** The middle of all lines at this time of one's own clock; null before the first interval, and where no line is left: a clock has stepped. */
  at(ownUs: number): BoundedOffset | null;
}

interface Line {
  /** Offset at the origin, beyond the first interval's middle, µs. */
  readonly a: number;
  /** Drift, µs per µs. */
  readonly b: number;
}

export function openClockLine(): ClockLine {
  let originUs = 0;
  let baseUs = 0;
  let lines: readonly Line[] | null = null;
  return {
    add({ atUs, lowUs, highUs }) {
      if (lines === null) {
        originUs = atUs;
        baseUs = (lowUs + highUs) / 2;
        const half = (highUs - lowUs) / 2;
        lines = [
          { a: -half, b: -DRIFT_MOST },
          { a: half, b: -DRIFT_MOST },
          { a: half, b: DRIFT_MOST },
          { a: -half, b: DRIFT_MOST },
        ];
        return;
      }
      const t = atUs - originUs;
      lines = clip(lines, ({ a, b }) => highUs - baseUs - a - b * t);
      lines = clip(lines, ({ a, b }) => a + b * t - (lowUs - baseUs));
    },
    at(ownUs) {
      if (lines === null || lines.length === 0) return null;
      const offsets = lines.map(({ a, b }) => a + b * (ownUs - originUs));
      const [low, high] = [leastOf(offsets), mostOf(offsets)];
      return { offsetUs: baseUs + (low + high) / 2, boundUs: (high - low) / 2 };
    },
  };
}

/** The part of a convex polygon where `inside` is not negative (Sutherland and Hodgman, one edge). */
function clip(lines: readonly Line[], inside: (line: Line) => number): readonly Line[] {
  return lines.flatMap((line, index) => {
    const next = lines[(index + 1) % lines.length]!;
    const here = inside(line);
    const there = inside(next);
    const kept = here >= 0 ? [line] : [];
    if (here >= 0 === there >= 0) return kept;
    const share = here / (here - there);
    return [...kept, { a: line.a + share * (next.a - line.a), b: line.b + share * (next.b - line.b) }];
  });
}
