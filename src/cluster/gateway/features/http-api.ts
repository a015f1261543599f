import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CheckToken } from '../../access/check-token.ts';
import { isName, MAX_FRAME_BYTES } from '../../wire/names.ts';
import { readTraceparent } from '../../wire/traceparent.ts';
import { SLOW_CONSUMER_MS } from '../burst-writer.ts';
import type { FeatureContext } from './feature-context.ts';
import { createHistoryRoute } from './history-route.ts';
import { HttpRefusal, type HttpRoute } from './http-route.ts';
import { createNotificationRoute } from './notification-route.ts';
import type { Notifications } from './notifications.ts';
import { createSendRoute } from './send-route.ts';

/**
 * What a gateway answers over HTTP besides its figures. Without tokens a user is a name, here as on a WebSocket, and any program that
 * reaches the port can use any.
 *
 * @param checkToken null: nobody needs a token
 * @returns whether the request is one of them; its answer follows
 */
export function createHttpApi(
  context: FeatureContext,
  notifications: Notifications,
  checkToken: CheckToken | null,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const routes: readonly HttpRoute[] = [
    createHistoryRoute(context.ports.history),
    createSendRoute(context),
    createNotificationRoute(context, notifications),
  ];
  const underWay = new Map<HttpRoute, number>();

  /** Until the answer is taken, or its client is gone. Whoever does not take it loses the connection. */
  function occupy(route: HttpRoute, response: ServerResponse): boolean {
    if (route.atOnce === undefined) return true;
    const count = underWay.get(route) ?? 0;
    if (count >= route.atOnce) return false;
    underWay.set(route, count + 1);
    response.setTimeout(SLOW_CONSUMER_MS);
    response.once('close', () => underWay.set(route, underWay.get(route)! - 1));
    return true;
  }

  return (request, response) => {
    const url = URL.parse(request.url ?? '', 'http://gateway');
    if (url === null) return false;
    for (const route of routes) {
      const match = route.path.exec(url.pathname);
      if (match === null) continue;
      if (request.method !== route.method) {
        reply(response, 405, { code: 'bad-request', text: `expected ${route.method}` });
      } else if (occupy(route, response)) void answer({ route, match, url, checkToken }, request, response);
      else reply(response, 503, { code: 'overloaded', text: 'too many requests of this kind at once' }, 1_000);
      return true;
    }
    return false;
  };
}

interface Asked {
  readonly route: HttpRoute;
  readonly match: RegExpExecArray;
  readonly url: URL;
  readonly checkToken: CheckToken | null;
}

async function answer(
  { route, match, url, checkToken }: Asked,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const bearer = checkToken === null ? null : await checkToken(request);
    if (checkToken !== null && bearer === null) throw new HttpRefusal(401, 'forbidden', 'expected a token');
    const body = route.method === 'POST' ? await readJson(request) : {};
    const part = decodePart(match[1]);
    const traceparent = readTraceparent(request.headers.traceparent);
    const isProxied = request.headers['x-forwarded-for'] !== undefined;
    const { status, content } = await route.handle({
      part,
      query: url.searchParams,
      body,
      bearer,
      traceparent,
      isProxied,
    });
    reply(response, status, content);
  } catch (error) {
    if (error instanceof HttpRefusal) reply(response, error.status, error.content, error.retryAfterMs);
    else reply(response, 503, { code: 'unavailable', text: 'cannot be done now' });
  }
}

function decodePart(part: string | undefined): string {
  try {
    const name = decodeURIComponent(part ?? 'x');
    if (isName(name)) return name;
  } catch {
    // No name either.
  }
  throw new HttpRefusal(400, 'bad-request', 'expected a name in the path');
}

/**
 * As large as a frame at most, and said to be JSON: browsers let the page of any site send what they take for text or a form, and ask
 * first before they send JSON.
 */
async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new HttpRefusal(415, 'bad-request', 'expected the header Content-Type to be application/json');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_FRAME_BYTES) throw new HttpRefusal(413, 'bad-request', `expected at most ${MAX_FRAME_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // None either.
  }
  throw new HttpRefusal(400, 'bad-request', 'expected a JSON object');
}

function reply(response: ServerResponse, status: number, content: object, retryAfterMs?: number): void {
  const retry = retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  // A body that was refused half-read would be taken for the next request.
  const connection = status === 413 || status === 415 || status === 401 ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...retry, ...connection });
  response.end(JSON.stringify(content));
}
