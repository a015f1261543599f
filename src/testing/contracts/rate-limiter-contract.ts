import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { RateLimit, RateLimiter } from '../../cluster/ports/rate-limiter.ts';

/** No edge of a fixed window comes while a test runs. */
const LONG_MS = 10 ** 9;

export function describeRateLimiter(name: string, open: (rateLimit: RateLimit) => RateLimiter): void {
  describe.each(['fixed', 'sliding'] as const)(`${name} as rate limiter, %s window`, (kind) => {
    test('of many messages at the same time exactly the quota passes, in the order of the calls', async () => {
      const limiter = open({ kind, limit: 20, windowMs: LONG_MS });
      const quotas = await Promise.all(Array.from({ length: 200 }, () => limiter.take(`burst-${kind}`)));
      expect(quotas.map(({ allowed }) => allowed)).toEqual(Array.from({ length: 200 }, (_, n) => n < 20));
      expect(quotas.map(({ remaining }) => remaining)).toEqual(
        Array.from({ length: 200 }, (_, n) => Math.max(0, 19 - n)),
      );
    });

    test('a refusal says when the next is allowed, and then it is', async () => {
      const limiter = open({ kind, limit: 1, windowMs: 50 });
      let quota = await limiter.take(`again-${kind}`);
      // The first of a fixed window may come right before its edge.
      for (let tries = 0; quota.allowed && tries < 100; tries++) quota = await limiter.take(`again-${kind}`);
      expect(quota).toMatchObject({ allowed: false, remaining: 0 });
      expect(quota.retryAfterMs).toBeGreaterThan(0);
      expect(quota.retryAfterMs).toBeLessThanOrEqual(50);
      await wait(quota.retryAfterMs + 2);
      expect(await limiter.take(`again-${kind}`)).toEqual({ allowed: true, remaining: 0, retryAfterMs: 0 });
    });

    test('users have quotas of their own', async () => {
      const limiter = open({ kind, limit: 1, windowMs: LONG_MS });
      const quotas = await Promise.all(['one', 'two'].map((user) => limiter.take(`own-${kind}-${user}`)));
      expect(quotas.every(({ allowed }) => allowed)).toBe(true);
    });
  });
}
