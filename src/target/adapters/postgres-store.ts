import pg from 'pg';
import type { ChatMessage } from '../ports/chat-message.ts';
import { type MessageStore, RefusedBatch } from '../ports/message-store.ts';
import type { NumberedStore } from '../ports/numbered-store.ts';
import { toColumns } from './postgres-columns.ts';
import { insertNumbered, readTails } from './postgres-numbered.ts';

/** Any constant number; all workers take the same lock. */
const SCHEMA_LOCK = 7_245_801;

/** Two workers may start at once, and CREATE … IF NOT EXISTS alone is not safe then. */
const SCHEMA = `
SELECT pg_advisory_xact_lock(${SCHEMA_LOCK});
CREATE TABLE IF NOT EXISTS rooms (
  room text COLLATE "C" PRIMARY KEY,
  last_seq bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS messages (
  room text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  sender text COLLATE "C" NOT NULL,
  sent_at_ms bigint NOT NULL,
  body json NOT NULL,
  PRIMARY KEY (room, seq),
  UNIQUE (room, id)
);`;

/**
 * Looks up which messages are known, advances the rooms' counters by the number of new ones, inserts those with the
 * numbers so gained, and yields the number of every message in one comma-separated text, in the order of the batch.
 * A second worker that stores the same message at the same time fails on UNIQUE (room, id), whole batch, counters included,
 * and finds it known in its next try: that keeps the numbers without gaps. The scalar subquery (not a join) and the sorted
 * upsert are meant: the first stays an index look-up whatever the table's size was at planning, the second takes the row
 * locks in one order.
 */
const APPEND = `
WITH incoming AS MATERIALIZED (
  SELECT t.*, (SELECT m.seq FROM messages m WHERE m.room = t.room AND m.id = t.id) AS known
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
       WITH ORDINALITY AS t(room, id, sender, sent_at_ms, body, position)
), fresh AS MATERIALIZED (
  SELECT *, row_number() OVER (PARTITION BY room ORDER BY position) AS nth FROM incoming WHERE known IS NULL
), advanced AS (
  INSERT INTO rooms AS r (room, last_seq)
  SELECT room, max(nth) FROM fresh GROUP BY room ORDER BY room
  ON CONFLICT (room) DO UPDATE SET last_seq = r.last_seq + excluded.last_seq
  RETURNING r.room, r.last_seq
), numbered AS MATERIALIZED (
  SELECT f.*, a.last_seq - max(f.nth) OVER (PARTITION BY f.room) + f.nth AS seq
  FROM fresh f JOIN advanced a ON a.room = f.room
), inserted AS (
  INSERT INTO messages (room, seq, id, sender, sent_at_ms, body)
  SELECT room, seq, id, sender, sent_at_ms, body::json FROM numbered
)
SELECT string_agg(seq::text, ',' ORDER BY position) AS sequences
FROM (SELECT position, known AS seq FROM incoming WHERE known IS NOT NULL
      UNION ALL SELECT position, seq FROM numbered) AS answered`;

const HISTORY = `
SELECT id, seq::float8 AS seq, sender AS "from", sent_at_ms::float8 AS at, body
FROM messages WHERE room = $1 AND seq > $2 ORDER BY seq LIMIT $3`;

/** Connects and creates the tables where they are missing. Rejects where Postgres cannot be reached. */
export async function openPostgresStore(
  url: string,
): Promise<MessageStore & NumberedStore & { ping(): Promise<unknown> }> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: 5_000,
    // Planned once per connection, and with index look-ups even while the tables are still small.
    options: '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_nestloop=off -c jit=off',
  });
  // An idle connection that breaks is replaced by the next query; a broken query reports itself.
  pool.on('error', () => {});
  try {
    await pool.query(SCHEMA);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    append: (batch) => append(pool, batch),
    insert: (batch) => insertNumbered(pool, batch).catch(refuseWhereContentIsAtFault),
    tails: (rooms, limit) => readTails(pool, rooms, limit),
    async history(room, after, limit) {
      const { rows } = await pool.query({ name: 'history', text: HISTORY, values: [room, after, limit] });
      return rows;
    },
    ping: () => pool.query('SELECT 1'),
    close: () => pool.end(),
  };
}

async function append(pool: pg.Pool, batch: readonly ChatMessage[]): Promise<readonly number[]> {
  if (batch.length === 0) return [];
  const { distinct, positions } = withoutRepetitions(batch);
  const values = toColumns(distinct);
  const { rows } = await pool.query({ name: 'append', text: APPEND, values }).catch(refuseWhereContentIsAtFault);
  const sequences = (rows[0].sequences as string).split(',').map(Number);
  return positions.map((position) => sequences[position]!);
}

/** The statement would insert a message twice that comes twice in one batch: each once, and for all where it stands. */
function withoutRepetitions(batch: readonly ChatMessage[]): { distinct: ChatMessage[]; positions: number[] } {
  const firstAt = new Map<string, number>();
  const distinct: ChatMessage[] = [];
  const positions = batch.map((message) => {
    const key = `${message.room} ${message.id}`;
    let position = firstAt.get(key);
    if (position === undefined) {
      position = distinct.push(message) - 1;
      firstAt.set(key, position);
    }
    return position;
  });
  return { distinct, positions };
}

/** SQLSTATE classes: 22 data exception, 23 integrity constraint violation, 54 program limit exceeded. */
function refuseWhereContentIsAtFault(error: unknown): never {
  const state = (error as { code?: unknown }).code;
  if (typeof state === 'string' && /^(22|23|54)/.test(state)) throw new RefusedBatch((error as Error).message, error);
  throw error;
}
