import { ChatbenchError } from '../../errors.ts';
import type { ListenAddress } from '../../report/prometheus/serve-metrics.ts';

const LOOPBACK = '127.0.0.1';

/** ":9464", "9464", "0.0.0.0:9464", "[::1]:9464"; this machine alone unless a host is given. */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]*)):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits ?? Number.NaN);
  if (!(port >= 0 && port <= 65_535))
    throw new ChatbenchError('usage', `--prometheus ${text}: expected an address to listen at, such as :9464`);
  return { host: bracketed || plain || LOOPBACK, port };
}

/** The address of a collector: http or https. */
export function parseOtlpEndpoint(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new ChatbenchError(
    'usage',
    `--otlp ${text}: expected the address of a collector, such as http://127.0.0.1:4318`,
  );
}
