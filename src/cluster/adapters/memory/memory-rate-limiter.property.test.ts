import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRateLimitOracle, rateLimitCases } from '../../../testing/rate-limit-oracle.ts';
import { createMemoryRateLimiter } from './memory-rate-limiter.ts';

describe.each(['fixed', 'sliding'] as const)('the %s window in memory', (kind) => {
  test('it decides as one that counts everything anew, at every edge', async () => {
    await fc.assert(
      fc.asyncProperty(rateLimitCases(kind), async ({ rateLimit, messages }) => {
        let nowUs = 1_700_000_000_000_000;
        const limiter = createMemoryRateLimiter(rateLimit, () => nowUs);
        const oracle = createRateLimitOracle(rateLimit);
        for (const { user, afterUs } of messages) {
          nowUs += afterUs;
          expect(await limiter.take(user)).toEqual(oracle(user, nowUs));
        }
      }),
    );
  });
});
