import type pg from 'pg';
import type { AttemptLog } from '../../ports/message-queue.ts';

export const ATTEMPTS_SCHEMA =
  'CREATE TABLE IF NOT EXISTS attempts (key text COLLATE "C" PRIMARY KEY, tries int NOT NULL);';

const BEGIN = `
INSERT INTO attempts (key, tries) SELECT DISTINCT key, 1 FROM unnest($1::text[]) AS keys (key) ORDER BY key
ON CONFLICT (key) DO UPDATE SET tries = attempts.tries + 1 RETURNING key, tries`;

const END = 'DELETE FROM attempts WHERE key = ANY($1::text[])';

interface Row {
  readonly key: string;
  readonly tries: number;
}

/** Attempts in a table of their own, beside the messages: whoever can store a message can count. */
export function createPostgresAttempts(pool: pg.Pool): AttemptLog {
  return {
    async begin(keys) {
      const { rows } = await pool.query<Row>({ name: 'begin-attempts', text: BEGIN, values: [keys] });
      const tries = new Map(rows.map((row) => [row.key, row.tries]));
      return keys.map((key) => tries.get(key)!);
    },
    async end(keys) {
      await pool.query({ name: 'end-attempts', text: END, values: [keys] });
    },
  };
}
