import type { MessageHistory } from '../../ports/message-store.ts';
import { isRoom } from '../../wire/client-feature-frame.ts';
import { HttpRefusal, type HttpRoute } from './http-route.ts';
import { mayFollow } from './room-sync.ts';

const DEFAULT_LIMIT = 100;
const MOST = 1_000;

/**
 * Answers under way, of up to about 1 MiB each; those that wait for a connection to the store hold none of it yet. As many as
 * the clients that come back at once, when a gateway dies, ask for.
 */
const AT_ONCE = 64;

/**
 * `GET /rooms/ROOM/messages?after=0&limit=100`: what came after a number, ascending. Everybody may read every room but the
 * direct ones, which take `user=NAME` of one of their two, or the token of one. `more` tells whether the room has messages behind the last one.
 */
export function createHistoryRoute(history: MessageHistory): HttpRoute {
  return {
    method: 'GET',
    atOnce: AT_ONCE,
    path: /^\/rooms\/([^/]+)\/messages$/,
    async handle({ part: room, query, bearer }) {
      const after = readCount(query, 'after', 0, Number.MAX_SAFE_INTEGER);
      const limit = readCount(query, 'limit', DEFAULT_LIMIT, MOST);
      if (!isRoom(room)) throw new HttpRefusal(400, 'bad-request', 'expected the name of a room');
      if (!mayFollow({ user: bearer?.user ?? query.get('user') ?? '' }, room)) {
        throw new HttpRefusal(403, 'forbidden', 'expected "user" to be one of the two of this direct room');
      }
      const messages = await history.history(room, after, limit);
      const last = messages.at(-1);
      const [end = 0] = last === undefined ? [] : await history.lastSequences([room]);
      const more = last !== undefined && end > last.seq;
      return { status: 200, content: { room, messages, more } };
    },
  };
}

function readCount(query: URLSearchParams, key: string, fallback: number, most: number): number {
  const text = query.get(key);
  if (text === null) return fallback;
  const value = Number(text);
  if (/^\d{1,16}$/.test(text) && value <= most) return value;
  throw new HttpRefusal(400, 'bad-request', `expected "${key}" to be a whole number from 0 to ${most}`);
}
