import type pg from 'pg';
import type { AttemptLog } from '../../ports/message-queue.ts';

export const ATTEMPTS_SCHEMA =
  'CREATE TABLE IF NOT EXISTS attempts (key text COLLATE "C" PRIMARY KEY, tries int NOT NULL);';

const BEGIN = `
INSERT INTO attempts (key, tries) VALUES ($1, 1)
ON CONFLICT (key) DO UPDATE SET tries = attempts.tries + 1 RETURNING tries`;

/** Attempts in a table of their own, beside the messages: whoever can store a message can count. */
export function createPostgresAttempts(pool: pg.Pool): AttemptLog {
  return {
    async begin(key) {
      const { rows } = await pool.query({ name: 'begin-attempt', text: BEGIN, values: [key] });
      return rows[0].tries;
    },
    async end(key) {
      await pool.query({ name: 'end-attempt', text: 'DELETE FROM attempts WHERE key = $1', values: [key] });
    },
  };
}
