/** One cell of a matrix: a value for each option that varies. */
export interface Cell {
  /** "topology=pubsub workers=2" */
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Every combination of the values, the last option varying fastest. Options with one value are part of every cell, but not of
 * its label.
 */
export function listCells(options: Readonly<Record<string, readonly string[]>>): readonly Cell[] {
  let cells: Cell[] = [{ label: '', values: {} }];
  for (const [name, values] of Object.entries(options)) {
    cells = cells.flatMap((cell) =>
      values.map((value) => ({
        label: values.length === 1 ? cell.label : `${cell.label} ${name}=${value}`.trim(),
        values: { ...cell.values, [name]: value },
      })),
    );
  }
  return cells;
}
