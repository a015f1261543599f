import { Agent, request } from 'undici';
import type { FetchText } from '../clients/sync-rooms.ts';
import { createGuardedConnect } from '../hosts/guarded-connect.ts';
import type { HostGuard } from '../hosts/host-guard.ts';

/** GET over connections that are kept. Redirects are not followed. */
export function createFetchText(timeoutUs: number, hosts: HostGuard): FetchText {
  const timeoutMs = Math.max(1, Math.ceil(timeoutUs / 1000));
  const dispatcher = new Agent({
    connections: 8,
    connect: createGuardedConnect(hosts, timeoutMs),
    headersTimeout: timeoutMs,
  });
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
