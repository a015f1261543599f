import { mostOf } from '../../extremes.ts';
import { alignRight, displayWidth } from './display-width.ts';

/** A vertical axis from 0 up in rows of text: its ticks are round, evenly spaced, and each of them at a row of its own. */
export interface ValueAxis {
  /** The value at the top row; round. */
  readonly top: number;
  /** Rows from top to 0, both included; a few less than were asked for where round ticks want it. */
  readonly rows: number;
  /** One for each row from the top down, all equally wide; blank between two ticks. */
  readonly labels: readonly string[];
}

export interface TickFormat {
  readonly format: (value: number) => string;
  /** What is counted has no halves. */
  readonly isWhole?: boolean;
}

/** Of a decade. */
const ROUND = [1, 2, 2.5, 4, 5, 10];

const MOST_INTERVALS = 6;

/** The axis for values of 0 to `most`, in at most `rows` (≥ 2) rows, which it fills as well as round ticks allow. */
export function planValueAxis(most: number, rows: number, { format, isWhole = false }: TickFormat): ValueAxis {
  const highest = most > 0 && Number.isFinite(most) ? most : 1;
  const gaps = Math.max(1, rows - 1);
  let best = { score: Number.NEGATIVE_INFINITY, step: highest, intervals: 1, used: gaps };
  // Two rows an interval at least, or labels would stand one under the other.
  for (let wanted = 1; wanted <= Math.max(1, Math.min(MOST_INTERVALS, Math.floor(gaps / 2))); wanted++) {
    const step = roundUp(highest / wanted, isWhole);
    const intervals = Math.max(1, Math.ceil(highest / step - 1e-9));
    const used = Math.floor(gaps / intervals) * intervals;
    if (used === 0) continue;
    const score = (1.5 * used) / gaps + highest / (step * intervals) + Math.min(intervals, 3) / 10;
    if (score > best.score) best = { score, step, intervals, used };
  }
  const { step, intervals, used } = best;
  const ticks = Array.from({ length: intervals + 1 }, (_, tick) => format(step * (intervals - tick)));
  const columns = mostOf(ticks.map(displayWidth));
  return {
    top: step * intervals,
    rows: used + 1,
    labels: Array.from({ length: used + 1 }, (_, row) => {
      const every = used / intervals;
      return alignRight(row % every === 0 ? ticks[row / every]! : '', columns);
    }),
  };
}

/** The least round step that is no less than this. */
function roundUp(atLeast: number, isWhole: boolean): number {
  if (isWhole && atLeast <= 1) return 1;
  const decade = 10 ** Math.floor(Math.log10(atLeast));
  const steps = ROUND.map((factor) => Number((factor * decade).toPrecision(3)));
  return steps.find((step) => step >= atLeast * (1 - 1e-9) && (!isWhole || Number.isInteger(step)))!;
}
