import pg from 'pg';
import { type MessageHistory, PAGE_BYTES } from '../../ports/message-store.ts';

type History = MessageHistory['history'];

/** A message comes along as long as the bodies before it leave room. */
const HISTORY = `
SELECT id, seq::float8 AS seq, sender AS "from", sent_at_ms::float8 AS at, body
FROM (
  SELECT *, sum(octet_length(body::text)) OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM (SELECT * FROM messages WHERE room = $1 AND seq > $2 ORDER BY seq LIMIT $3) AS page
) AS sized
WHERE coalesce(before, 0) < ${PAGE_BYTES} ORDER BY sized.seq`;

const LAST_SEQUENCE = 'SELECT max(seq)::float8 AS seq FROM messages WHERE room = $1';

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
    async lastSequence(room) {
      const { rows } = await pool.query({ name: 'last-sequence', text: LAST_SEQUENCE, values: [room] });
      return rows[0]?.seq ?? 0;
    },
    close: () => pool.end(),
  };
}

/** See `MessageHistory.history`. */
export async function readHistory(pool: pg.Pool, ...[room, after, limit]: Parameters<History>): ReturnType<History> {
  const { rows } = await pool.query({ name: 'history', text: HISTORY, values: [room, after, limit] });
  return rows;
}
