import { fitSlope } from '../record/fit-slope.ts';

/** How a series went over a span: on the line that fits it best. */
export interface Growth {
  readonly from: number;
  readonly to: number;
  readonly perSecond: number;
  /** Share of its variance that the line explains, 0–1. */
  readonly fit: number;
}

const LEAST_READINGS = 5;

/** Null with fewer than five readings in the span. */
export function measureGrowth(
  { atUs, values }: { readonly atUs: readonly number[]; readonly values: readonly (number | null)[] },
  fromUs: number,
  toUs: number,
): Growth | null {
  const points = values.flatMap((value, index) => {
    const at = atUs[index]!;
    return value === null || at < fromUs || at >= toUs ? [] : [[at / 1e6, value] as const];
  });
  if (points.length < LEAST_READINGS) return null;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const slope = fitSlope(xs, ys) ?? 0;
  const mean = (all: readonly number[]) => all.reduce((sum, value) => sum + value, 0) / all.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const total = ys.reduce((sum, y) => sum + (y - meanY) ** 2, 0);
  const explained = xs.reduce((sum, x) => sum + (slope * (x - meanX)) ** 2, 0);
  const at = (x: number) => meanY + slope * (x - meanX);
  return { from: at(xs[0]!), to: at(xs.at(-1)!), perSecond: slope, fit: total === 0 ? 0 : explained / total };
}
