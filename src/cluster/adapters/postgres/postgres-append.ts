import type pg from 'pg';
import { LruMap } from '../../lru-map.ts';
import type { ChatMessage } from '../../ports/chat-message.ts';
import { toColumns, toNumbers } from './postgres-columns.ts';

/** Rooms whose last number is remembered. */
const REMEMBERED_ROOMS = 20_000;

/** How often a batch is tried again that met another one which was stored at the same time. */
const COLLISIONS = 10;

/** SQLSTATE of a number or an id that is taken. */
const UNIQUE_VIOLATION = '23505';

/** Fails as a whole where a number or an id is taken. The order is that of every other batch, or two would wait for each other. */
const APPEND_NUMBERED = `
INSERT INTO messages (room, seq, id, sender, sent_at_ms, body)
SELECT room, seq, id, sender, sent_at_ms, body::json
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[])
     AS t(room, id, sender, sent_at_ms, body, seq)
ORDER BY room, seq`;

/**
 * Looks up which messages are known and where their rooms end, inserts the new ones with the numbers that follow, and yields the
 * number of every message in one comma-separated text, in the order of the batch; negative where the message was known.
 * Two of these at the same time may draw the same numbers: one of them fails on a unique index, as a whole, and sees the other's
 * messages in its next try. The scalar subqueries (not joins) are meant: they stay index look-ups whatever the table's size was
 * at planning.
 */
const APPEND = `
WITH incoming AS MATERIALIZED (
  SELECT t.*, (SELECT m.seq FROM messages m WHERE m.room = t.room AND m.id = t.id) AS known
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
       WITH ORDINALITY AS t(room, id, sender, sent_at_ms, body, position)
), fresh AS MATERIALIZED (
  SELECT *, row_number() OVER (PARTITION BY room ORDER BY position) AS nth FROM incoming WHERE known IS NULL
), ends AS MATERIALIZED (
  SELECT r.room, coalesce((SELECT max(m.seq) FROM messages m WHERE m.room = r.room), 0) AS last_seq
  FROM (SELECT DISTINCT room FROM fresh) AS r
), numbered AS MATERIALIZED (
  SELECT f.*, e.last_seq + f.nth AS seq FROM fresh f JOIN ends e ON e.room = f.room
), inserted AS (
  INSERT INTO messages (room, seq, id, sender, sent_at_ms, body)
  SELECT room, seq, id, sender, sent_at_ms, body::json FROM numbered ORDER BY room, seq
)
SELECT string_agg(seq::text, ',' ORDER BY position) AS sequences
FROM (SELECT position, -known AS seq FROM incoming WHERE known IS NOT NULL
      UNION ALL SELECT position, seq FROM numbered) AS answered`;

/**
 * Appends to rooms whose last number it remembers by one plain insert, which costs Postgres half of a statement that looks
 * numbers up. Nothing rests on the memory being right: numbers of a room have no gaps, so that a remembered number which others
 * have passed collides, and the batch is stored the long way.
 *
 * One batch at a time: two under way would draw the same numbers.
 */
export function createPostgresAppend(pool: pg.Pool): (batch: readonly ChatMessage[]) => Promise<readonly number[]> {
  const lastSeqs = new LruMap<string, number>(REMEMBERED_ROOMS);
  let last: Promise<unknown> = Promise.resolve();

  async function append(batch: readonly ChatMessage[]): Promise<readonly number[]> {
    const sequences = numberFrom(lastSeqs, batch);
    if (sequences === null) return appendUnknown(batch);
    try {
      await pool.query({
        name: 'append-numbered',
        text: APPEND_NUMBERED,
        values: [...toColumns(batch), toNumbers(sequences)],
      });
    } catch (error) {
      // Also where the outcome is unknown: it may be stored, and its answer lost.
      for (const { room } of batch) lastSeqs.delete(room);
      if (isCollision(error)) return appendUnknown(batch);
      throw error;
    }
    remember(batch, sequences);
    return sequences;
  }

  async function appendUnknown(batch: readonly ChatMessage[]): Promise<readonly number[]> {
    const values = toColumns(batch);
    for (let collisions = 0; ; collisions++) {
      try {
        const { rows } = await pool.query({ name: 'append', text: APPEND, values });
        const sequences = (rows[0].sequences as string).split(',').map(Number);
        remember(batch, sequences);
        return sequences.map(Math.abs);
      } catch (error) {
        if (!isCollision(error) || collisions >= COLLISIONS) throw error;
      }
    }
  }

  /** A new message is the last of its room; one that was known (negative) says nothing of where its room ends. */
  function remember(batch: readonly ChatMessage[], sequences: readonly number[]): void {
    for (const [i, { room }] of batch.entries()) if (sequences[i]! > 0) lastSeqs.set(room, sequences[i]!);
  }

  return (batch) => {
    const appended = last.then(() => append(batch));
    last = appended.catch(() => {});
    return appended;
  };
}

/** The numbers that follow the remembered ones; null where a room is not remembered. */
function numberFrom(lastSeqs: LruMap<string, number>, batch: readonly ChatMessage[]): readonly number[] | null {
  const next = new Map<string, number>();
  const sequences: number[] = [];
  for (const { room } of batch) {
    const before = next.get(room) ?? lastSeqs.get(room);
    if (before === undefined) return null;
    next.set(room, before + 1);
    sequences.push(before + 1);
  }
  return sequences;
}

function isCollision(error: unknown): boolean {
  return (error as { code?: unknown }).code === UNIQUE_VIOLATION;
}
