import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The same distance from src/cluster/web and from dist/cluster/web. */
const BUILT = new URL('../../../dist/cluster/web/chat.html', import.meta.url);

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * A page where people chat, at `/`, before all else that is answered. It is the same for everybody, and does nothing that its visitor
 * could not do as well: who may come in, and as whom, is asked of the WebSocket that it opens.
 */
export function withPage(answerMore: Answer): Answer {
  let page: Buffer | null = null;
  return (request, response) => {
    const isWanted = request.method === 'GET' || request.method === 'HEAD';
    if (!isWanted || request.url?.split('?', 1)[0] !== '/') return answerMore(request, response);
    page ??= readPage();
    if (page === null) return answerMore(request, response);
    response.writeHead(200, headersOf(page));
    response.end(request.method === 'HEAD' ? undefined : page);
    return true;
  };
}

/** Null in a checkout that was not built. */
function readPage(): Buffer | null {
  try {
    return readFileSync(BUILT);
  } catch {
    return null;
  }
}

function headersOf(page: Buffer): Readonly<Record<string, string | number>> {
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page.toString())?.[1] ?? "default-src 'none'";
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-length': page.length,
    // What cannot be said inside of the page: nobody shows it as a part of theirs.
    'content-security-policy': `${policy}; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  };
}
