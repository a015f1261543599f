import { createTimeOrderedId } from '../../time-ordered-id.ts';
import { EXPECTED_AUDIENCE, readAudience } from '../../wire/client-feature-frame.ts';
import { isName } from '../../wire/names.ts';
import type { FeatureContext } from './feature-context.ts';
import { HttpRefusal, type HttpRoute } from './http-route.ts';
import type { Notifications } from './notifications.ts';
import { takeQuota } from './take-quota.ts';

/**
 * `POST /api/notifications` with `{"user":NAME,"to":{"user":NAME}|{"group":NAME}|{"everyone":true},"body":TEXT}`.
 * Answered with 202 as soon as it is handed over; whom it reached nobody knows.
 */
export function createNotificationRoute(context: FeatureContext, notifications: Notifications): HttpRoute {
  return {
    method: 'POST',
    path: /^\/api\/notifications$/,
    async handle({ body: { user, to, body } }) {
      const audience = readAudience(to);
      if (!isName(user)) throw new HttpRefusal(400, 'bad-request', 'expected "user" to be a name');
      if (audience === null) throw new HttpRefusal(400, 'bad-request', EXPECTED_AUDIENCE);
      if (typeof body !== 'string') throw new HttpRefusal(400, 'bad-request', 'expected "body" to be a text');
      await takeQuota(context, user);
      const id = createTimeOrderedId();
      notifications.push({ id, from: user, to: audience, at: Date.now(), body });
      return { status: 202, content: { id } };
    },
  };
}
