import { z } from 'zod';
import { count, type DataOf } from '../../data-schema.ts';
import { MISSING_COLUMNS, RECEIVED_COLUMNS, SENT_COLUMNS, type SplitSecond } from '../../record/split-log.ts';
import { BentBody } from './body-codec.ts';

/** What a shard tells of rooms that are split, as it crosses the network; its texts are of `writeRows`. */
export const splitBody = z.strictObject({
  second: z.number().int().min(-1),
  sent: z.string(),
  received: z.string(),
  unsent: z.string(),
  endsAt: count.nullable(),
  missing: z.string(),
});
type SplitBody = DataOf<typeof splitBody>;

export function writeSplit({ second, sent, received, unsent, endsAt, missing }: SplitSecond): SplitBody {
  return {
    second,
    sent: writeRows(sent, SENT_COLUMNS),
    received: writeRows(received, RECEIVED_COLUMNS),
    unsent: writeRows(unsent, 1),
    endsAt,
    missing: writeRows(missing, MISSING_COLUMNS),
  };
}

/** @throws BentBody for rows that no shard can have told */
export function readSplit(body: SplitBody): SplitSecond {
  const { second, sent, received, unsent, endsAt, missing } = body;
  return {
    second,
    sent: readRows('sent', sent, SENT_COLUMNS, [0, 3]),
    received: readRows('received', received, RECEIVED_COLUMNS, [0]),
    unsent: readRows('unsent', unsent, 1, [0]),
    endsAt,
    missing: readRows('missing', missing, MISSING_COLUMNS, [0, 1, 3]),
  };
}

/**
 * Whole numbers as text, column by column: of each the distance from the one in the row before, folded so that small ones of either
 * sign are small, 7 bits a byte, in base64. A delivery takes 4 characters where its number and time are near those before.
 */
export function writeRows(rows: Float64Array, columns: number): string {
  const bytes: number[] = [];
  for (let column = 0; column < columns; column++) {
    let before = 0;
    for (let i = column; i < rows.length; i += columns) {
      const distance = rows[i]! - before;
      before = rows[i]!;
      let rest = distance >= 0 ? 2 * distance : -2 * distance - 1;
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
      bytes.push(rest);
    }
  }
  return Buffer.from(bytes).toString('base64');
}

/** @param counts columns that are never negative */
function readRows(name: string, text: string, columns: number, counts: readonly number[]): Float64Array {
  const distances: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of Buffer.from(text, 'base64')) {
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte & 0x80) continue;
    distances.push(value % 2 === 0 ? value / 2 : -(value + 1) / 2);
    value = 0;
    scale = 1;
  }
  if (scale !== 1 || distances.length % columns !== 0) throw new BentBody(`${name}: is no table of ${columns} columns`);
  const rows = new Float64Array(distances.length);
  const height = distances.length / columns;
  for (let column = 0; column < columns; column++) {
    let last = 0;
    for (let row = 0; row < height; row++) {
      last += distances[column * height + row]!;
      if (!Number.isSafeInteger(last) || (last < 0 && counts.includes(column))) {
        throw new BentBody(`${name}: row ${row + 1} has a number that there is not`);
      }
      rows[row * columns + column] = last;
    }
  }
  return rows;
}
