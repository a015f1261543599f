import { Pool } from 'undici';

export interface GaugeReader {
  /** The numbers among the JSON object's members. Rejects on anything but a JSON object with status 200. */
  read(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** Reads a JSON object of gauges over one kept-alive connection. */
export function openGaugeReader(address: string): GaugeReader {
  const { origin, pathname, search } = new URL(address);
  const pool = new Pool(origin, { connections: 1, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  return {
    async read() {
      const { statusCode, body } = await pool.request({ path: pathname + search, method: 'GET' });
      const answer = await body.json();
      if (statusCode !== 200 || typeof answer !== 'object' || answer === null) {
        throw new Error(`${address} answered ${statusCode}: expected a JSON object of gauges`);
      }
      return Object.fromEntries(Object.entries(answer).filter(([, value]) => typeof value === 'number'));
    },
    close: () => pool.destroy(),
  };
}

const TIMEOUT_MS = 1_000;
