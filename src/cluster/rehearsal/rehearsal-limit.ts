import { z } from 'zod';

/** Unless said. Most of what messages pass is compiled by then, and a start is not held up for long. */
export const REHEARSAL_MS = 1_500;

/** How long a gateway or worker may rehearse before it says that it is ready, ms; `REHEARSAL_MS` unless said. 0: not at all. */
export const rehearsalLimit = z.number().int().min(0).max(60_000).optional();
