import type pg from 'pg';
import type { NumberedMessage, RoomTail } from '../../ports/message-store.ts';
import { toColumns, toNames, toNumbers } from './postgres-columns.ts';

/**
 * Inserts what collides with nothing. A message that is not inserted is looked up afterwards, in a statement of its own:
 * this one does not see what others insert while it waits for them. The order by room and number is that of every other
 * batch, or two of them would wait for each other.
 */
const INSERT = `
WITH inserted AS (
  INSERT INTO messages (room, id, sender, sent_at_ms, body, seq)
  SELECT room, id, sender, sent_at_ms, body::json, seq
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[])
       AS t(room, id, sender, sent_at_ms, body, seq)
  ORDER BY room, seq
  ON CONFLICT DO NOTHING
  RETURNING room, id
)
SELECT room, id FROM inserted`;

const LOOK_UP = `
SELECT coalesce((SELECT m.seq FROM messages m WHERE m.room = t.room AND m.id = t.id), 0)::float8 AS seq
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t(room, id, position) ORDER BY position`;

const TAILS = `
SELECT t.room, newest.id, newest.seq::float8 AS seq
FROM unnest($1::text[]) AS t(room)
CROSS JOIN LATERAL (
  SELECT m.id, m.seq FROM messages m WHERE m.room = t.room ORDER BY m.seq DESC LIMIT $2
) AS newest
ORDER BY newest.seq`;

/** See `NumberedStore.insert`. */
export async function insertNumbered(pool: pg.Pool, batch: readonly NumberedMessage[]): Promise<readonly number[]> {
  if (batch.length === 0) return [];
  const values = [...toColumns(batch), toNumbers(batch.map(({ seq }) => seq))];
  const { rows } = await pool.query({ name: 'insert-numbered', text: INSERT, values });
  if (rows.length === batch.length) return batch.map(({ seq }) => seq);
  const look = [toNames(batch.map(({ room }) => room)), toNames(batch.map(({ id }) => id))];
  const known = await pool.query({ name: 'look-up-numbers', text: LOOK_UP, values: look });
  return known.rows.map(({ seq }) => seq);
}

/** See `NumberedStore.tails`. */
export async function readTails(pool: pg.Pool, rooms: readonly string[], limit: number): Promise<readonly RoomTail[]> {
  const { rows } = await pool.query({ name: 'tails', text: TAILS, values: [toNames(rooms), limit] });
  const knownOf = new Map(rooms.map((room) => [room, [] as { id: string; seq: number }[]]));
  for (const { room, id, seq } of rows) knownOf.get(room)?.push({ id, seq });
  return rooms.map((room) => {
    const known = knownOf.get(room) ?? [];
    return { room, lastSeq: known.at(-1)?.seq ?? 0, known };
  });
}
