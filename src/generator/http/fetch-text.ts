import { Agent, request } from 'undici';
import type { FetchText } from '../clients/sync-rooms.ts';
import { createGuardedConnect } from '../hosts/guarded-connect.ts';
import type { HostGuard } from '../hosts/host-guard.ts';
import { Turns } from './turns.ts';

/** Requests at once, and connections for them. Those beyond wait here, which is no doing of the server's. */
const AT_ONCE = 32;

/** GET over connections that are kept. Redirects are not followed. */
export function createFetchText(timeoutUs: number, hosts: HostGuard): FetchText {
  const timeoutMs = Math.max(1, Math.ceil(timeoutUs / 1000));
  const turns = new Turns(AT_ONCE);
  const dispatcher = new Agent({
    connections: AT_ONCE,
    connect: createGuardedConnect(hosts, timeoutMs),
    headersTimeout: timeoutMs,
  });
  return async (url, onSend) => {
    await new Promise<void>((resolve) => turns.take(resolve));
    onSend?.();
    try {
      const { statusCode, body } = await request(url, { dispatcher, bodyTimeout: timeoutMs });
      const text = await body.text();
      return statusCode === 200 ? text : null;
    } catch {
      return null;
    } finally {
      turns.pass();
    }
  };
}
