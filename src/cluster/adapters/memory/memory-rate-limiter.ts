import type { Quota, RateLimit, RateLimiter } from '../../ports/rate-limiter.ts';

/** Quotas within one process. */
export function createMemoryRateLimiter(rateLimit: RateLimit, nowUs: () => number = wallClockUs): RateLimiter {
  const windowUs = rateLimit.windowMs * 1000;
  const decide = rateLimit.kind === 'fixed' ? decideFixed : decideSliding;
  /** When each message was taken that may still count, oldest first; in the order of the users' last messages. */
  const taken = new Map<string, number[]>();

  return {
    async take(user) {
      const now = nowUs();
      forgetIdle(taken, now - windowUs);
      const { quota, counted } = decide(taken.get(user) ?? [], now, windowUs, rateLimit.limit);
      if (quota.allowed) {
        counted.push(now);
        taken.delete(user);
        taken.set(user, counted);
      }
      return quota;
    },
  };
}

interface Decision {
  readonly quota: Quota;
  /** What still counts of what was taken before. */
  readonly counted: number[];
}

function decideFixed(before: readonly number[], now: number, windowUs: number, limit: number): Decision {
  const start = now - (now % windowUs);
  return decide(
    before.filter((at) => at >= start),
    limit,
    () => start + windowUs - now,
  );
}

function decideSliding(before: readonly number[], now: number, windowUs: number, limit: number): Decision {
  const counted = before.filter((at) => at > now - windowUs);
  return decide(counted, limit, (oldest) => oldest + windowUs - now);
}

/** @param waitUs how long until the oldest of those that count counts no more */
function decide(counted: number[], limit: number, waitUs: (oldest: number) => number): Decision {
  const allowed = counted.length < limit;
  const remaining = allowed ? limit - counted.length - 1 : 0;
  const oldest = counted[0];
  const retryAfterMs = allowed || oldest === undefined ? 0 : Math.ceil(waitUs(oldest) / 1000);
  return { quota: { allowed, remaining, retryAfterMs }, counted };
}

/** Users whose last message counts no more, at most a few at a time: they are first in the map. */
function forgetIdle(taken: Map<string, number[]>, before: number): void {
  for (const [user, times] of taken) {
    if (times.at(-1)! > before) return;
    taken.delete(user);
  }
}

function wallClockUs(): number {
  return Date.now() * 1000;
}
