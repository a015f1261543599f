import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cellAt, cellOf, listSecretCells, rowOf, UserTableBuilder } from './user-table.ts';

const SHAPE = { columns: ['name', 'word'], nameColumn: 0, roomColumn: -1, secret: [false, true] };

it('keeps every cell, whatever is in it, through many that make it grow', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 300 }), (rows) => {
      const builder = new UserTableBuilder();
      for (const row of rows) builder.add(row);
      const table = builder.build(SHAPE);
      expect(table.rows).toBe(rows.length);
      for (const [row, [name, word]] of rows.entries()) {
        // A lone half of a pair of code units has no place in UTF-8.
        expect([cellAt(table, row, 0), cellOf(table, row, 'word')]).toEqual([name.toWellFormed(), word.toWellFormed()]);
      }
      expect([...listSecretCells(table)]).toEqual(rows.map(([, word]) => word.toWellFormed()));
    }),
  );
});

it('holds 100,000 users in the bytes of their cells and four more for each', () => {
  const builder = new UserTableBuilder();
  for (let i = 0; i < 100_000; i++) builder.add([`user-${i}@example.org`, `password-of-${i}`]);
  const { bytes, offsets } = builder.build(SHAPE);
  expect(bytes.buffer.byteLength).toBeLessThan(100_000 * 45);
  expect(offsets.byteLength).toBe(4 * 200_001);
});

it('gives users to clients in turn', () => {
  const builder = new UserTableBuilder();
  for (const name of ['eve', 'ann', 'eve']) builder.add([name, `${name}'s`]);
  const table = builder.build(SHAPE);
  expect([0, 1, 2, 3].map((client) => cellOf(table, rowOf(table, client), 'word'))).toEqual([
    "eve's",
    "ann's",
    "eve's",
    "eve's",
  ]);
  expect(cellOf(table, 0, 'nothing')).toBeUndefined();
});
