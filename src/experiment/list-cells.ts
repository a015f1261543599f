/** One cell of a matrix: a value for each option that varies. */
export interface Cell {
  /** "topology=pubsub workers=2" */
  readonly label: string;
  /** The part of the label that is about the load: "rate=500/s"; empty where that is the same in all cells. */
  readonly load: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Every combination of the values, the last option varying fastest. Options with one value are part of every cell, but not of
 * its label.
 *
 * @param loads  names of the options that make the load
 */
export function listCells(
  options: Readonly<Record<string, readonly string[]>>,
  loads: readonly string[],
): readonly Cell[] {
  let cells: Cell[] = [{ label: '', load: '', values: {} }];
  for (const [name, values] of Object.entries(options)) {
    cells = cells.flatMap((cell) =>
      values.map((value) => ({
        label: values.length === 1 ? cell.label : `${cell.label} ${name}=${value}`.trim(),
        load: values.length === 1 || !loads.includes(name) ? cell.load : `${cell.load} ${name}=${value}`.trim(),
        values: { ...cell.values, [name]: value },
      })),
    );
  }
  return cells;
}
