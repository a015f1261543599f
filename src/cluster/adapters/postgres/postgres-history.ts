import pg from 'pg';
import { type MessageHistory, PAGE_BYTES } from '../../ports/message-store.ts';
import { toNames } from './postgres-columns.ts';

type History = MessageHistory['history'];

/** A message comes along as long as the bodies before it leave room. */
const HISTORY = `
SELECT id, seq::float8 AS seq, sender AS "from", sent_at_ms::float8 AS at, body
FROM (
  SELECT *, sum(octet_length(body::text)) OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM (SELECT * FROM messages WHERE room = $1 AND seq > $2 ORDER BY seq LIMIT $3) AS page
) AS sized
WHERE coalesce(before, 0) < ${PAGE_BYTES} ORDER BY sized.seq`;

/** The scalar subquery (no join) stays one look-up in the index for each room. */
const LAST_SEQUENCES = `
SELECT coalesce((SELECT max(m.seq) FROM messages m WHERE m.room = t.room), 0)::float8 AS seq
FROM unnest($1::text[]) WITH ORDINALITY AS t(room, position) ORDER BY position`;

/**
 * Reads what workers have stored. It connects when it is first asked, so that gateways without a question cost Postgres
 * nothing; until a worker has created the tables every question fails.
 */
export function createPostgresHistory(url: string): MessageHistory & { close(): Promise<void> } {
  const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 5_000 });
  // An idle connection that breaks is replaced by the next query; a broken query reports itself.
  pool.on('error', () => {});
  return {
    history: (...page) => readHistory(pool, ...page),
    async lastSequences(rooms) {
      if (rooms.length === 0) return [];
      const { rows } = await pool.query({ name: 'last-sequences', text: LAST_SEQUENCES, values: [toNames(rooms)] });
      return rows.map(({ seq }) => seq);
    },
    close: () => pool.end(),
  };
}

/** See `MessageHistory.history`. */
export async function readHistory(pool: pg.Pool, ...[room, after, limit]: Parameters<History>): ReturnType<History> {
  const { rows } = await pool.query({ name: 'history', text: HISTORY, values: [room, after, limit] });
  return rows;
}
