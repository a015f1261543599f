import fc from 'fast-check';
import type { Quota, RateLimit } from '../cluster/ports/rate-limiter.ts';

/** A rate limiter that remembers everything and counts anew for each message. */
export function createRateLimitOracle({ kind, limit, windowMs }: RateLimit): (user: string, nowUs: number) => Quota {
  const windowUs = windowMs * 1000;
  const taken: { user: string; atUs: number }[] = [];
  return (user, nowUs) => {
    const edgeUs = Math.floor(nowUs / windowUs) * windowUs;
    const counts = ({ atUs }: { atUs: number }): boolean =>
      kind === 'fixed' ? atUs >= edgeUs : nowUs - atUs < windowUs;
    const counting = taken.filter((one) => one.user === user && counts(one));
    if (counting.length < limit) {
      taken.push({ user, atUs: nowUs });
      return { allowed: true, remaining: limit - counting.length - 1, retryAfterMs: 0 };
    }
    const freeAtUs = kind === 'fixed' ? edgeUs + windowUs : counting[0]!.atUs + windowUs;
    return { allowed: false, remaining: 0, retryAfterMs: Math.ceil((freeAtUs - nowUs) / 1000) };
  };
}

export interface RateLimitCase {
  readonly rateLimit: RateLimit;
  /** Of each message: who sends it, and how long after the one before. */
  readonly messages: readonly { readonly user: string; readonly afterUs: number }[];
}

/** Pauses are mostly nothing, a whole window, or one microsecond to either side of it. */
export function rateLimitCases(
  kind: RateLimit['kind'],
  windowsMs: readonly number[] = [1, 7, 100],
): fc.Arbitrary<RateLimitCase> {
  return fc
    .record({ limit: fc.integer({ min: 1, max: 4 }), windowMs: fc.constantFrom(...windowsMs) })
    .chain(({ limit, windowMs }) => {
      const windowUs = windowMs * 1000;
      const edges = [0, 0, 0, 1, windowUs - 1, windowUs, windowUs + 1, Math.floor(windowUs / 2)];
      const afterUs = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 0, max: 2 * windowUs }));
      const message = fc.record({ user: fc.constantFrom('ann', 'ann', 'bob'), afterUs });
      return fc.record({
        rateLimit: fc.constant({ kind, limit, windowMs }),
        messages: fc.array(message, { maxLength: 40 }),
      });
    });
}
