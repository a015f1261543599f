/**
 * The users of a run, a row each, as plain data that goes to every shard's process: all cells one after the other in UTF-8, so that
 * 100,000 users are two objects and not a million.
 */
export interface UserTable {
  readonly columns: readonly string[];
  readonly rows: number;
  /** Where cell `row · columns + column` begins in `bytes`; one more than there are cells. */
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
  /** The column that names users, and the one that names the room of each; −1: there is none. */
  readonly nameColumn: number;
  readonly roomColumn: number;
  /** By column: whether its values are secrets. */
  readonly secret: readonly boolean[];
  /** What rooms are called, by their numbers, where users are in several; absent: the column tells. */
  readonly roomNames?: readonly string[];
}

/** What a row has in a column; undefined where there is no such column. */
export function cellOf(table: UserTable, row: number, column: string): string | undefined {
  const index = table.columns.indexOf(column);
  return index < 0 ? undefined : cellAt(table, row, index);
}

export function cellAt({ columns, offsets, bytes }: UserTable, row: number, column: number): string {
  const at = row * columns.length + column;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', offsets[at], offsets[at + 1]);
}

/** The row of a client's user: its own number, or with fewer users than clients, in turn. */
export function rowOf({ rows }: UserTable, client: number): number {
  return client % rows;
}

/** Takes rows one by one. */
export class UserTableBuilder {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #length = 0;
  #offsets = new Uint32Array(1024);
  #cells = 0;

  /** @param cells one for each column */
  add(cells: readonly string[]): void {
    for (const cell of cells) {
      const most = 3 * cell.length;
      if (this.#length + most > this.#bytes.length) this.#growBytes(most);
      if (this.#cells + 1 >= this.#offsets.length) this.#growOffsets();
      this.#length += this.#bytes.write(cell, this.#length);
      this.#offsets[++this.#cells] = this.#length;
    }
  }

  /** @throws RangeError where the cells are more than 32-bit offsets reach */
  build(shape: Pick<UserTable, 'columns' | 'nameColumn' | 'roomColumn' | 'secret'>): UserTable {
    if (this.#length > 0xffff_ffff) throw new RangeError('more than 4 GiB of users');
    return {
      ...shape,
      rows: this.#cells / shape.columns.length,
      offsets: this.#offsets.slice(0, this.#cells + 1),
      bytes: new Uint8Array(this.#bytes.subarray(0, this.#length)),
    };
  }

  #growBytes(least: number): void {
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + least));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  #growOffsets(): void {
    const grown = new Uint32Array(2 * this.#offsets.length);
    grown.set(this.#offsets);
    this.#offsets = grown;
  }
}

/** Each value that is a secret, row by row. */
export function* listSecretCells(table: UserTable): Generator<string> {
  const columns = table.secret.flatMap((isSecret, column) => (isSecret ? [column] : []));
  for (let row = 0; row < table.rows; row++) for (const column of columns) yield cellAt(table, row, column);
}
