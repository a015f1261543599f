import type { Bearer } from '../../access/check-token.ts';

/** One thing that a gateway does over HTTP. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST';
  /** Of the path; its first group is a name. */
  readonly path: RegExp;
  /** Most requests at a time, each until its answer is taken; more are refused. Default: no limit. */
  readonly atOnce?: number;
  /** Throws `HttpRefusal` where it is not done, anything else where that is the gateway's fault. */
  handle(request: HttpRequest): Promise<{ readonly status: number; readonly content: object }>;
}

export interface HttpRequest {
  /** The name in the path. */
  readonly part: string;
  readonly query: URLSearchParams;
  /** Empty for GET. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Whose token it bears; null where this gateway asks for none. */
  readonly bearer: Bearer | null;
  /** The trace that it belongs to, from its header; undefined: to none. */
  readonly traceparent: string | undefined;
  /** It came through a proxy: from wherever that lets in. */
  readonly isProxied: boolean;
}

/** Throws `HttpRefusal` where the request bears somebody else's token. */
export function requireUser({ bearer }: HttpRequest, user: string): void {
  if (bearer === null || bearer.user === user) return;
  throw new HttpRefusal(403, 'forbidden', 'expected a token of this user');
}

/** The answer where a request is not done. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly content: object;
  readonly retryAfterMs: number | undefined;

  /** @param details further fields of the answer */
  constructor(status: number, code: string, text: string, retryAfterMs?: number, details: object = {}) {
    super(text);
    this.status = status;
    this.content = { code, text, ...details };
    this.retryAfterMs = retryAfterMs;
  }
}
