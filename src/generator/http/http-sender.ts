import { Pool } from 'undici';
import type { HttpRequest } from '../../protocol/chat-protocol.ts';

/** Sends messages as bodies of HTTP requests. */
export interface HttpSender {
  /** Less than `MAX_WAITING` requests are under way or wait for a connection. */
  readonly canSend: boolean;
  /** @param onAnswer told once: the status, or null where there was no answer. A redirect is an answer like any other. */
  send(request: HttpRequest, body: Buffer, onAnswer: (status: number | null) => void): void;
  close(): Promise<void>;
}

/** Beyond it the server does not take what is sent: further sends are skipped and counted, never queued without end. */
const MAX_WAITING = 10_000;

/**
 * Keeps connections alive: one pool per origin, of as many connections as the first request to it asks for, a request at a time on
 * each. The pool neither follows redirects nor repeats a request.
 */
export function createHttpSender(timeoutUs: number): HttpSender {
  const pools = new Map<string, Pool>();
  const paths = new Map<string, { readonly pool: Pool; readonly path: string }>();
  let waiting = 0;
  const timeout = Math.max(1, Math.ceil(timeoutUs / 1000));
  const locate = ({ url, connections }: HttpRequest) => {
    const { origin, pathname, search } = new URL(url);
    let pool = pools.get(origin);
    if (pool === undefined) {
      const limits = { headersTimeout: timeout, bodyTimeout: timeout, connect: { timeout } };
      pool = new Pool(origin, { connections, pipelining: 1, ...limits });
      pools.set(origin, pool);
    }
    const place = { pool, path: pathname + search };
    paths.set(url, place);
    return place;
  };
  const request = async ({ method, url, headers, connections }: HttpRequest, body: Buffer) => {
    const { pool, path } = paths.get(url) ?? locate({ method, url, headers, connections });
    const answer = await pool.request({ method: method as 'POST', path, headers, body });
    await answer.body.dump();
    return answer.statusCode;
  };
  return {
    get canSend() {
      return waiting < MAX_WAITING;
    },
    send(httpRequest, body, onAnswer) {
      waiting++;
      request(httpRequest, body)
        .catch(() => null)
        .then((status) => {
          waiting--;
          onAnswer(status);
        });
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
