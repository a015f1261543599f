import type uPlot from 'uplot';
import { formatLatency } from '../../../quantities.ts';

/** From this span on a linear axis would flatten all but the slowest. */
const LOGARITHMIC_FROM_RATIO = 30;

/** Latencies in µs as the vertical axis wants them. */
export function inMs(values: readonly (number | null)[]): readonly (number | null)[] {
  return values.map((us) => (us === null ? null : us / 1000));
}

/** One of them under the pointer, with its unit. */
export function tellMs(ms: number): string {
  return formatLatency(ms * 1000);
}

/** The vertical axis for latencies in ms: from zero up, or logarithmic where they span more than one and a half decades. */
export function latencyScale(columns: readonly (readonly (number | null | undefined)[])[]): uPlot.Scale {
  const values = columns.flat().filter((value) => typeof value === 'number' && value > 0) as number[];
  const largest = values.reduce((most, value) => Math.max(most, value), 1);
  const smallest = values.reduce((least, value) => Math.min(least, value), largest);
  if (largest / smallest < LOGARITHMIC_FROM_RATIO) return { range: [0, largest * 1.05] };
  return { distr: 3, log: 10, range: [10 ** Math.floor(Math.log10(smallest)), 10 ** Math.ceil(Math.log10(largest))] };
}

/** Its axis: labels in ms; where it is logarithmic, one line per decade. */
export function latencyAxis(scale: uPlot.Scale): uPlot.Axis {
  return {
    size: 56,
    values: (_plot, values) => values.map((ms) => LABEL.format(ms)),
    ...(scale.distr === 3 ? { splits: (_plot, _axis, least, most) => decades(least, most) } : {}),
  };
}

const LABEL = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

function decades(least: number, most: number): number[] {
  const first = Math.ceil(Math.log10(least));
  const last = Math.floor(Math.log10(most));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}
