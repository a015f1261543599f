import { Pool } from 'undici';
import type { HttpRequest } from '../../protocol/chat-protocol.ts';
import { createGuardedConnect } from '../hosts/guarded-connect.ts';
import { type HostGuard, HostRefused } from '../hosts/host-guard.ts';
import { Turns } from './turns.ts';

/** Sends messages as bodies of HTTP requests. */
export interface HttpSender {
  /** Less than `MAX_UNANSWERED` requests are under way or wait for a connection. */
  readonly canSend: boolean;
  /** @param sequence of the message, for headers that tell of it */
  send(request: HttpRequest, sequence: number, body: Buffer, listener: RequestListener): void;
  /** Breaks off what is under way, and forgets what waits. */
  close(): Promise<void>;
}

export interface RequestListener {
  /** A connection is free and takes the request: during `send`, or once those before it have been answered. */
  onDispatch(): void;
  /**
   * Told once: the status, or null where there was no answer. A redirect is an answer like any other.
   *
   * @param refusal why nothing was sent, where the host must not be loaded; else null
   */
  onAnswer(status: number | null, refusal: string | null): void;
}

/** Beyond it the server does not take what is sent: further sends are skipped and counted, never queued without end. */
const MAX_UNANSWERED = 10_000;

/** The connections to one origin, and the requests that wait for one of them, first come first served. */
interface Origin {
  readonly pool: Pool;
  readonly turns: Turns;
}

/**
 * Keeps connections alive: one pool per origin, of as many connections as the first request to it asks for, a request at a time on
 * each. The pool neither follows redirects nor repeats a request. It is never given more requests than it has connections: what
 * it queued would seem to be sent, and its wait would be taken for the server's.
 */
export function createHttpSender(timeoutUs: number, hosts: HostGuard): HttpSender {
  const origins = new Map<string, Origin>();
  const places = new Map<string, { readonly origin: Origin; readonly path: string }>();
  let unanswered = 0;
  const timeout = Math.max(1, Math.ceil(timeoutUs / 1000));
  const connect = createGuardedConnect(hosts, timeout);
  const locate = ({ url, connections }: HttpRequest) => {
    const { origin: name, pathname, search } = new URL(url);
    let origin = origins.get(name);
    if (origin === undefined) {
      const limits = { headersTimeout: timeout, bodyTimeout: timeout, connect };
      const pool = new Pool(name, { connections, pipelining: 1, ...limits });
      origin = { pool, turns: new Turns(connections) };
      origins.set(name, origin);
    }
    const place = { origin, path: pathname + search };
    places.set(url, place);
    return place;
  };
  const request = async (pool: Pool, path: string, wanted: HttpRequest, sequence: number, body: Buffer) => {
    const { method, headersOf } = wanted;
    const headers = headersOf === undefined ? wanted.headers : { ...wanted.headers, ...headersOf(sequence) };
    const answer = await pool.request({ method: method as 'POST', path, headers, body });
    await answer.body.dump();
    return answer.statusCode;
  };
  return {
    get canSend() {
      return unanswered < MAX_UNANSWERED;
    },
    send(httpRequest, sequence, body, { onDispatch, onAnswer }) {
      const { origin, path } = places.get(httpRequest.url) ?? locate(httpRequest);
      const dispatch = () => {
        onDispatch();
        request(origin.pool, path, httpRequest, sequence, body).then(
          (status) => settle(status, null),
          (error: unknown) => settle(null, error instanceof HostRefused ? error.message : null),
        );
      };
      const settle = (status: number | null, refusal: string | null) => {
        unanswered--;
        onAnswer(status, refusal);
        origin.turns.pass();
      };
      unanswered++;
      origin.turns.take(dispatch);
    },
    async close() {
      for (const { turns } of origins.values()) turns.forget();
      await Promise.all([...origins.values()].map(({ pool }) => pool.destroy()));
    },
  };
}
