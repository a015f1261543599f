import { leastOf, mostOf } from '../../extremes.ts';

const BARS = '▁▂▃▄▅▆▇█';

/**
 * One character for each value, from the lowest to the highest; a blank for none, the highest bar for what is endless. Where there
 * are more than `columns`, the last ones.
 */
export function drawSparkline(values: readonly (number | null)[], columns: number): string {
  const shown = values.slice(-columns);
  const finite = shown.filter((value): value is number => value !== null && Number.isFinite(value));
  const least = leastOf(finite);
  const most = mostOf(finite);
  return shown
    .map((value) => {
      if (value === null) return ' ';
      if (!Number.isFinite(value)) return BARS.at(-1);
      return BARS[most === least ? 3 : Math.round(((value - least) / (most - least)) * (BARS.length - 1))];
    })
    .join('');
}
