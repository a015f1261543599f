import { Agent, request as requestUndici } from 'undici';
import type { LoginAnswer, LoginRequest } from '../../protocol/chat-protocol.ts';
import { createGuardedConnect } from '../hosts/guarded-connect.ts';
import { type HostGuard, HostRefused } from '../hosts/host-guard.ts';
import { describeError } from '../socket/describe-end.ts';

/** An answer, or why there is none: data, never thrown. */
export type RequestOutcome =
  | ({ readonly outcome: 'answered'; readonly status: number } & LoginAnswer)
  | { readonly outcome: 'timeout' | 'closed' | 'refused'; readonly detail: string };

/** One HTTP request and its whole answer. Redirects are answers like any other. */
export type RequestHttp = (request: LoginRequest) => Promise<RequestOutcome>;

/** @param connections kept alive to each origin, a request at a time on each */
export function createRequestHttp(timeoutUs: number, hosts: HostGuard, connections: number): RequestHttp {
  const timeoutMs = Math.max(1, Math.ceil(timeoutUs / 1000));
  const dispatcher = new Agent({
    connections,
    connect: createGuardedConnect(hosts, timeoutMs),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return async ({ method, url, headers, body }) => {
    try {
      const answer = await requestUndici(url, { dispatcher, method: method as 'POST', headers, body });
      return {
        outcome: 'answered',
        status: answer.statusCode,
        headers: answer.headers,
        text: await answer.body.text(),
      };
    } catch (error) {
      if (error instanceof HostRefused) return { outcome: 'refused', detail: error.message };
      const detail = describeError(error as Error) ?? 'no answer';
      return /TIMEOUT/.test(detail) ? { outcome: 'timeout', detail: 'no answer' } : { outcome: 'closed', detail };
    }
  };
}
