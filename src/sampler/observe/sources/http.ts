import { Pool } from 'undici';
import { ANSWER_WITHIN_MS, within } from '../hold-link.ts';
import type { Source } from '../share-readings.ts';

/** Longer than what any endpoint of metrics answers with. */
const LONGEST_BYTES = 32_000_000;

export interface HttpReader {
  /** Rejects on anything but status 200. */
  readText(): Promise<string>;
  readJson(): Promise<unknown>;
  close(): Promise<void>;
}

/** GETs one address over one connection that is kept. Name and password of the address go into the header that is for them. */
export function openHttp(address: string): HttpReader {
  const { origin, pathname, search, username, password } = new URL(address);
  const pool = new Pool(origin, {
    connections: 1,
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
    connectTimeout: ANSWER_WITHIN_MS,
    maxResponseSize: LONGEST_BYTES,
  });
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers: Record<string, string> =
    credentials === ':' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const ask = async (): Promise<string> => {
    const { statusCode, body } = await pool.request({ path: pathname + search, method: 'GET', headers });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    return text;
  };
  const readText = () => within(ANSWER_WITHIN_MS, ask());
  return {
    readText,
    async readJson() {
      const text = await readText();
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new Error('answered with something else than JSON');
      }
    },
    close: () => pool.destroy().catch(() => {}),
  };
}

/** The JSON documents of several addresses, read at once; all of them, or none. */
export function openDocuments(addresses: readonly string[]): Source<readonly unknown[]> {
  const readers = addresses.map(openHttp);
  return {
    read: () => Promise.all(readers.map((reader) => reader.readJson())),
    close: async () => void (await Promise.all(readers.map((reader) => reader.close()))),
  };
}

export type JsonPath = readonly string[];

/** "account_details.0.stats" → names and places in lists. */
export function parsePath(path: string): JsonPath {
  return path.split('.');
}

/** The number at the path, also where it is written as a text; null where there is none. */
export function numberAt(answer: unknown, path: JsonPath): number | null {
  let value = answer;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return null;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  const isText = typeof value === 'string' && value.trim() !== '';
  const number = typeof value === 'number' || isText ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** Of all documents; one that does not have it adds nothing. */
export function sumAt(documents: readonly unknown[], path: JsonPath): number {
  return documents.reduce<number>((sum, document) => sum + (numberAt(document, path) ?? 0), 0);
}
