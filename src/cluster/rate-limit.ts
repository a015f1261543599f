import { z } from 'zod';
import { RATE_LIMITERS } from '../choices.ts';

/** A `RateLimit`, as configurations carry it. */
export const rateLimit = z.strictObject({
  kind: z.enum(RATE_LIMITERS),
  limit: z.number().int().min(1).max(100_000),
  windowMs: z.number().int().min(1).max(3_600_000),
});
