import { createTimeOrderedId } from '../../time-ordered-id.ts';
import { EXPECTED_AUDIENCE, readAudience } from '../../wire/client-feature-frame.ts';
import { isName } from '../../wire/names.ts';
import type { FeatureContext } from './feature-context.ts';
import { HttpRefusal, type HttpRequest, type HttpRoute, requireUser } from './http-route.ts';
import type { Notifications } from './notifications.ts';
import { takeQuota } from './take-quota.ts';

/**
 * `POST /api/notifications` with `{"user":NAME,"to":{"user":NAME}|{"group":NAME}|{"everyone":true},"body":TEXT}`.
 * Answered with 202 as soon as it is handed over; whom it reached nobody knows. Everyone is for operators: for who has a token that
 * says so, and where there are no tokens, for who comes by no proxy.
 */
export function createNotificationRoute(context: FeatureContext, notifications: Notifications): HttpRoute {
  return {
    method: 'POST',
    path: /^\/api\/notifications$/,
    async handle(request) {
      const { user, to, body } = request.body;
      const audience = readAudience(to);
      if (!isName(user)) throw new HttpRefusal(400, 'bad-request', 'expected "user" to be a name');
      if (audience === null) throw new HttpRefusal(400, 'bad-request', EXPECTED_AUDIENCE);
      if (typeof body !== 'string') throw new HttpRefusal(400, 'bad-request', 'expected "body" to be a text');
      requireUser(request, user);
      if ('everyone' in audience && !isOperator(request)) {
        throw new HttpRefusal(403, 'forbidden', 'everyone is for operators: expected a token that says so');
      }
      await takeQuota(context, user);
      const id = createTimeOrderedId();
      notifications.push({ id, from: user, to: audience, at: Date.now(), body });
      return { status: 202, content: { id } };
    },
  };
}

function isOperator({ bearer, isProxied }: HttpRequest): boolean {
  return bearer === null ? !isProxied : bearer.isOperator;
}
