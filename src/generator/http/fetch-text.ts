import { Agent, request } from 'undici';
import type { FetchText } from '../clients/sync-rooms.ts';

/** GET over connections that are kept. Redirects are not followed. */
export function createFetchText(timeoutUs: number): FetchText {
  const timeoutMs = Math.max(1, Math.ceil(timeoutUs / 1000));
  const dispatcher = new Agent({ connections: 8, connectTimeout: timeoutMs, headersTimeout: timeoutMs });
  return async (url) => {
    try {
      const { statusCode, body } = await request(url, { dispatcher, bodyTimeout: timeoutMs });
      const text = await body.text();
      return statusCode === 200 ? text : null;
    } catch {
      return null;
    }
  };
}
