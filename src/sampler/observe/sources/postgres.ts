import pg from 'pg';
import type { PostgresAccess } from '../access.ts';
import { ANSWER_WITHIN_MS, holdLink } from '../hold-link.ts';
import type { Observation } from '../observation.ts';

/** The first column of a query's first row. Its session can only read, and a statement that takes too long is ended by the server. */
export function observePostgres(name: string, { url, query }: PostgresAccess): readonly Observation[] {
  const link = holdLink(
    async () => {
      const client = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: ANSWER_WITHIN_MS,
        application_name: 'chatbench observe',
      });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.query('set session characteristics as transaction read only');
        await client.query(`set statement_timeout = ${ANSWER_WITHIN_MS}`);
      } catch (error) {
        void client.end().catch(() => {});
        throw error;
      }
      return client;
    },
    (client) => client.end(),
  );
  return [
    {
      name,
      unit: 'number',
      read: () =>
        link.use(async (client) => {
          // The extended protocol takes one statement: none that would set the session free can stand beside it.
          const statement = { text: query, rowMode: 'array', queryMode: 'extended' } as const;
          const { rows } = await client.query<[unknown]>(statement);
          const value = rows[0]?.[0];
          const number = value === null || value === undefined || value === '' ? Number.NaN : Number(value);
          if (!Number.isFinite(number)) throw new Error('the query yields no number');
          return number;
        }),
      close: link.close,
    },
  ];
}
