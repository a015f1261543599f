import { createTimeOrderedId } from '../../time-ordered-id.ts';
import { directRoomOf } from '../../wire/direct-room.ts';
import { isName, isRoomName } from '../../wire/names.ts';
import type { FeatureContext } from './feature-context.ts';
import { HttpRefusal, type HttpRequest, type HttpRoute, requireUser } from './http-route.ts';
import { takeQuota } from './take-quota.ts';

/** How long an answer waits for the message to be accepted, ms. */
const ACCEPT_LIMIT_MS = 10_000;

/** No connection has this key: all connections of a room get what is sent over HTTP. */
const NO_CONNECTION = 'http';

/**
 * `POST /api/messages` with `{"user":NAME,"room":NAME,"body":TEXT}`, or `"to":NAME` instead of `room` for a direct message.
 * A `traceparent` of the request's goes with it. Answered with 201 where a WebSocket would be sent `ack`. `id` may be given, to make a repetition harmless; where it is
 * not, the gateway makes one.
 */
export function createSendRoute(context: FeatureContext): HttpRoute {
  return {
    method: 'POST',
    path: /^\/api\/messages$/,
    async handle(request) {
      const { id, room, from, text } = readMessage(request.body);
      requireUser(request, from);
      await takeQuota(context, from);
      const message = {
        id,
        room,
        from,
        connection: NO_CONNECTION,
        at: String(Date.now()),
        bodyJson: JSON.stringify(text),
        traceparent: request.traceparent,
      };
      await new Promise<void>((resolve, reject) => {
        const tooLong = new HttpRefusal(504, 'unavailable', 'not accepted yet: repeat it with the same id');
        const timer = setTimeout(() => reject(tooLong), ACCEPT_LIMIT_MS).unref();
        const accepted = (): void => {
          clearTimeout(timer);
          resolve();
        };
        if (context.path.send(message, accepted)) return;
        clearTimeout(timer);
        reject(new HttpRefusal(503, 'overloaded', 'too many messages wait here'));
      });
      return { status: 201, content: { id, room } };
    },
  };
}

function readMessage({ user, id, room, to, body }: HttpRequest['body']) {
  if (!isName(user)) throw new HttpRefusal(400, 'bad-request', 'expected "user" to be a name');
  if (id !== undefined && !isName(id)) throw new HttpRefusal(400, 'bad-request', 'expected "id" to be a name');
  if (typeof body !== 'string') throw new HttpRefusal(400, 'bad-request', 'expected "body" to be a text');
  const target = readRoom(user, room, to);
  if (target === null) throw new HttpRefusal(400, 'bad-request', 'expected "room" or "to" to be a name');
  return { id: id ?? createTimeOrderedId(), room: target, from: user, text: body };
}

function readRoom(user: string, room: unknown, to: unknown): string | null {
  if (to === undefined) return isRoomName(room) ? room : null;
  return room === undefined && isName(to) ? directRoomOf(user, to) : null;
}
