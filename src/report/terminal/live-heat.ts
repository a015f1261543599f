import { leastOf, mostOf } from '../../extremes.ts';
import { formatNumber } from '../../quantities.ts';
import { alignRight } from './display-width.ts';
import { BANDS_PER_DECADE, bandFloorUs, type LiveHistory, stretchesPerColumn, sumBands } from './live-history.ts';

/** From a single delivery to as many as the fullest cell holds. */
const SHADES = ['░', '▒', '▓', '█'] as const;

const LABEL_COLUMNS = 6;
/** What stands at the left of the plot: labels and axis. */
export const HEAT_MARGIN = LABEL_COLUMNS + 1;

export interface HeatSize {
  readonly spanUs: number;
  /** Labels included. */
  readonly columns: number;
  readonly rows: number;
}

/**
 * Deliveries by time and latency: the denser a cell, the more of what arrived then took that long; both are logarithmic. Decades
 * of milliseconds are named. Empty where nothing arrived.
 *
 * @param paints  one for each shade, from faint to dense
 */
export function drawHeat(
  { stretches }: LiveHistory,
  { spanUs, columns, rows }: HeatSize,
  paints: readonly ((text: string) => string)[],
): readonly string[] {
  const width = columns - HEAT_MARGIN;
  if (width < 1) return [];
  const cells = stretchesPerColumn(stretches, spanUs, width).map(([first, ...others]) =>
    others.reduce((sum, { bands }) => sumBands(sum, bands), first?.bands ?? []),
  );
  const filled = cells.flatMap((bands) => bands.flatMap((count, band) => (count > 0 ? [band] : [])));
  if (filled.length === 0) return [];
  const { perRow, lowest } = chooseBands(filled, rows);
  const sums = cells.map((bands) =>
    Array.from({ length: rows }, (_, row) => {
      const from = lowest + (rows - 1 - row) * perRow;
      return bands.slice(Math.max(0, from), Math.max(0, from + perRow)).reduce((sum, count) => sum + count, 0);
    }),
  );
  const most = mostOf(sums.flat(), 1);
  return Array.from({ length: rows }, (_, row) => {
    const from = lowest + (rows - 1 - row) * perRow;
    const label = from % BANDS_PER_DECADE === 0 && from >= 0 ? formatNumber(bandFloorUs(from) / 1000) : '';
    return `${alignRight(label, LABEL_COLUMNS)}┤${sums.map((column) => shade(column[row]!, most, paints)).join('')}`;
  });
}

/** Whole parts of a decade for each row, so that every decade begins at a row of its own, and room for all that is filled. */
function chooseBands(filled: readonly number[], rows: number): { readonly perRow: number; readonly lowest: number } {
  const from = leastOf(filled);
  const to = mostOf(filled);
  for (const perRow of [1, 2, 4, 8, BANDS_PER_DECADE, 2 * BANDS_PER_DECADE]) {
    const lowest = Math.floor(from / perRow) * perRow;
    if (lowest + perRow * rows > to) return { perRow, lowest: center(lowest, to, perRow, rows) };
  }
  return { perRow: 2 * BANDS_PER_DECADE, lowest: 0 };
}

/** Half of the rows that stay free go below, as far as there are bands. */
function center(lowest: number, highest: number, perRow: number, rows: number): number {
  const free = rows - Math.ceil((highest - lowest + 1) / perRow);
  return Math.max(0, lowest - Math.floor(free / 2) * perRow);
}

function shade(count: number, most: number, paints: readonly ((text: string) => string)[]): string {
  if (count === 0) return ' ';
  const share = Math.log1p(count) / Math.log1p(most);
  const level = Math.min(SHADES.length - 1, Math.floor(share * SHADES.length));
  return (paints[level] ?? ((text) => text))(SHADES[level]!);
}
