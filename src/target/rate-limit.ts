import { z } from 'zod';

/** A `RateLimit`, as configurations carry it. */
export const rateLimit = z.strictObject({
  kind: z.enum(['fixed', 'sliding']),
  limit: z.number().int().min(1).max(100_000),
  windowMs: z.number().int().min(1).max(3_600_000),
});
