import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

/** Who else may come in than programs that address this process by its IP address or as localhost. */
export interface Doors {
  /** Further names of it: "chat.example.com". Lower case, without port. */
  readonly hosts?: readonly string[] | undefined;
  /** Web pages that may speak to it: "https://chat.example.com". No other page may, whatever site it is of. */
  readonly origins?: readonly string[] | undefined;
}

/** Why a request is turned away. */
export interface Stranger {
  /** HTTP status. */
  readonly status: 403 | 421;
  readonly text: string;
}

/**
 * Null for a request that may come in; so may the page that this process serves itself, whose origin is the host that is asked. Turned
 * away are
 * — a page of another site: browsers say in `Origin` whose page asks, for every WebSocket and every POST, and let any page ask
 *   whatever listens on its user's machine;
 * — whoever came by a name that is not this process's own: a page whose name was made to lead here (DNS rebinding) is of the same
 *   site for its browser, and sends no foreign `Origin`. An address cannot be made to lead elsewhere.
 */
export function findStranger({ host, origin }: IncomingHttpHeaders, doors: Doors): Stranger | null {
  if (!isOwnName(nameOf(host), doors.hosts ?? [])) {
    return { status: 421, text: 'expected the header Host to be an IP address, localhost, or a name among "hosts"' };
  }
  if (origin === undefined || (doors.origins ?? []).includes(origin) || isOwnOrigin(origin, host)) return null;
  return { status: 403, text: 'pages of this origin are not among "origins"' };
}

/** Port included: what else listens on the same machine may serve a page of anybody. */
function isOwnOrigin(origin: string, host = ''): boolean {
  return /^https?:\/\/(.+)$/.exec(origin.toLowerCase())?.[1] === host.toLowerCase();
}

/** Without port and final dot, in lower case. */
function nameOf(host = ''): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

function isOwnName(name: string, hosts: readonly string[]): boolean {
  const address = /^\[(.*)\]$/.exec(name)?.[1] ?? name;
  return isIP(address) !== 0 || name === 'localhost' || hosts.includes(name);
}

/**
 * Tells a browser that the page which asks may read the answer (CORS), and answers the question that browsers ask before a POST of
 * JSON to another host. True where that was the question. Only for who is no stranger.
 */
export function answerPreflight({ method, headers }: IncomingMessage, response: ServerResponse): boolean {
  if (headers.origin === undefined) return false;
  response.setHeader('access-control-allow-origin', headers.origin);
  response.setHeader('vary', 'Origin');
  if (method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': '600',
  });
  response.end();
  return true;
}
