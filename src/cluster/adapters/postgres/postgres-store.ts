import pg from 'pg';
import type { ChatMessage } from '../../ports/chat-message.ts';
import type { AttemptLog } from '../../ports/message-queue.ts';
import type { NumberedStore } from '../../ports/message-store.ts';
import { type MessageStore, RefusedBatch } from '../../ports/message-store.ts';
import { tryPatiently } from '../../try-patiently.ts';
import { createPostgresAppend } from './postgres-append.ts';
import { ATTEMPTS_SCHEMA, createPostgresAttempts } from './postgres-attempts.ts';
import { readHistory } from './postgres-history.ts';
import { insertNumbered, readTails } from './postgres-numbered.ts';

/** Any constant number; all workers take the same lock. */
const SCHEMA_LOCK = 7_245_801;

/** SQLSTATE of a Postgres that listens and reads its log of before first: cannot_connect_now. */
const STILL_STARTING = '57P03';

/** Planned once per connection, and with index look-ups even while the tables are still small. */
const PLANNING = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_nestloop=off -c jit=off';

/** Two workers may start at once, and CREATE … IF NOT EXISTS alone is not safe then. */
const SCHEMA = `
SELECT pg_advisory_xact_lock(${SCHEMA_LOCK});
CREATE TABLE IF NOT EXISTS messages (
  room text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  sender text COLLATE "C" NOT NULL,
  sent_at_ms bigint NOT NULL,
  body json NOT NULL,
  PRIMARY KEY (room, seq),
  UNIQUE (room, id)
);
${ATTEMPTS_SCHEMA}`;

export interface PostgresStoreOptions {
  /** Over tables that no other connection sees, and that vanish with this store's only one; default false. */
  readonly isTemporary?: boolean;
}

/** Connects and creates the tables where they are missing. Rejects where Postgres cannot be reached. */
export async function openPostgresStore(
  url: string,
  { isTemporary = false }: PostgresStoreOptions = {},
): Promise<MessageStore & NumberedStore & { readonly attempts: AttemptLog; ping(): Promise<unknown> }> {
  const pool = new pg.Pool({
    connectionString: url,
    max: isTemporary ? 1 : 2,
    ...(isTemporary && { idleTimeoutMillis: 0 }),
    connectionTimeoutMillis: 5_000,
    options: isTemporary ? `${PLANNING} -c search_path=pg_temp` : PLANNING,
  });
  // An idle connection that breaks is replaced by the next query; a broken query reports itself.
  pool.on('error', () => {});
  try {
    await tryPatiently(
      () => pool.query(SCHEMA),
      () => {},
      // What it says itself is meant; what the network says may pass.
      (error) => error instanceof pg.DatabaseError && error.code !== STILL_STARTING,
    );
  } catch (error) {
    await pool.end();
    throw error;
  }
  const append = createPostgresAppend(pool);
  return {
    append: (batch) => appendOnce(append, batch),
    insert: (batch) => insertNumbered(pool, batch).catch(refuseWhereContentIsAtFault),
    tails: (rooms, limit) => readTails(pool, rooms, limit),
    history: (...page) => readHistory(pool, ...page),
    attempts: createPostgresAttempts(pool),
    ping: () => pool.query('SELECT 1'),
    close: () => pool.end(),
  };
}

async function appendOnce(
  append: (batch: readonly ChatMessage[]) => Promise<readonly number[]>,
  batch: readonly ChatMessage[],
): Promise<readonly number[]> {
  if (batch.length === 0) return [];
  const { distinct, positions } = withoutRepetitions(batch);
  const sequences = await append(distinct).catch(refuseWhereContentIsAtFault);
  return positions.map((position) => sequences[position]!);
}

/** A message that comes twice in one batch would collide with itself: each once, and for all where it stands. */
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
