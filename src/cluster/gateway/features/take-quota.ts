import type { FeatureContext } from './feature-context.ts';
import { HttpRefusal } from './http-route.ts';

/** Takes one of the user's quota; throws `HttpRefusal` where nothing is left of it. */
export async function takeQuota({ ports, refusals }: FeatureContext, user: string): Promise<void> {
  const quota = await ports.limiter?.take(user);
  if (quota === undefined || quota.allowed) return;
  refusals.countLimited();
  const { retryAfterMs } = quota;
  const details = { remaining: 0, retryAfterMs };
  throw new HttpRefusal(429, 'rate_limited', 'the quota of this user is used up', retryAfterMs, details);
}
