const COLORS = ['first', 'second', 'third'] as const;
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [12, 3, 2, 3]];

/** So many curves in one chart can be told apart; beyond that, styles come again. */
export const CURVE_STYLES = COLORS.length * DASHES.length;

/** Colour and dash of a curve by its position: neighbours differ in both, and no two of `CURVE_STYLES` in neither. */
export function curveStyle(index: number): { readonly color: (typeof COLORS)[number]; readonly dash: number[] } {
  const column = index % COLORS.length;
  const row = (Math.floor(index / COLORS.length) + column) % DASHES.length;
  return { color: COLORS[column]!, dash: [...DASHES[row]!] };
}
