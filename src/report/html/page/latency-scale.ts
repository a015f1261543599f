import type uPlot from 'uplot';

/** From this span on a linear axis would flatten all but the slowest. */
const LOGARITHMIC_FROM_RATIO = 30;

/** The vertical axis for latencies in ms: from zero up, or logarithmic where they span more than one and a half decades. */
export function latencyScale(columns: readonly (readonly (number | null | undefined)[])[]): uPlot.Scale {
  const values = columns.flat().filter((value) => typeof value === 'number' && value > 0) as number[];
  const largest = values.reduce((most, value) => Math.max(most, value), 1);
  const smallest = values.reduce((least, value) => Math.min(least, value), largest);
  if (largest / smallest < LOGARITHMIC_FROM_RATIO) return { range: [0, largest * 1.05] };
  return { distr: 3, log: 10, range: [10 ** Math.floor(Math.log10(smallest)), 10 ** Math.ceil(Math.log10(largest))] };
}
