import { Agent, request } from 'undici';
import { listSetCookies } from '../../list-set-cookies.ts';
import type { Refusal } from '../connection.ts';
import { createGuardedConnect } from '../hosts/guarded-connect.ts';
import type { HostGuard } from '../hosts/host-guard.ts';
import { explainNoAnswer } from './read-refusal.ts';

export interface PollingAnswer {
  readonly status: number;
  readonly text: string;
  /** Headers `Set-Cookie`, as they came. */
  readonly cookies: readonly string[];
  readonly location: string | null;
}

/** GET and POST over connections that are kept, as many as it takes. Redirects are not followed. */
export interface PollingRequests {
  /** @param body  null: GET */
  ask(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer | null,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<PollingAnswer | Refusal>;
  /** Nobody looks at the answer. */
  send(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<void>;
}

const CONNECT_MS = 60_000;
const PARTING_MS = 5_000;

/** @param sourceAddress where connections come from; null: the system chooses */
export function createPollingRequests(sourceAddress: string | null, hosts: HostGuard): PollingRequests {
  const dispatcher = new Agent({
    connect: createGuardedConnect(hosts, CONNECT_MS, sourceAddress),
    connections: null,
  });
  const ask: PollingRequests['ask'] = async (url, headers, body, timeoutMs, signal) => {
    try {
      const answer = await request(url, {
        dispatcher,
        signal,
        method: body === null ? 'GET' : 'POST',
        headers: body === null ? headers : { 'Content-Type': 'text/plain;charset=UTF-8', ...headers },
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const { location } = answer.headers;
      return {
        status: answer.statusCode,
        text: await answer.body.text(),
        cookies: listSetCookies(answer.headers['set-cookie']),
        location: typeof location === 'string' ? location : null,
      };
    } catch (error) {
      return /TIMEOUT/.test((error as NodeJS.ErrnoException).code ?? '')
        ? { outcome: 'timeout', detail: 'no answer' }
        : explainNoAnswer(error as Error);
    }
  };
  return {
    ask,
    async send(url, headers, body) {
      await ask(url, headers, body, PARTING_MS, AbortSignal.timeout(PARTING_MS));
    },
  };
}
