/** How much each user may send. */
export interface RateLimiter {
  /**
   * Takes one message of a user's quota, where something is left of it. A refusal takes nothing. Calls are decided one by
   * one in the order in which they are made, over all gateways, by one clock.
   */
  take(user: string): Promise<Quota>;
}

export interface Quota {
  readonly allowed: boolean;
  /** How many more would be allowed right now. */
  readonly remaining: number;
  /** Of a refusal: milliseconds, rounded up, until one is allowed again. 0 where this one was allowed. */
  readonly retryAfterMs: number;
}

/**
 * `fixed`: at most `limit` in each window, windows being aligned to multiples of `windowMs` since 1970; twice the limit can pass
 * around an edge. `sliding`: at most `limit` in any stretch of `windowMs`, for memory of `limit` entries per active user.
 */
export interface RateLimit {
  readonly kind: 'fixed' | 'sliding';
  readonly limit: number;
  readonly windowMs: number;
}
