import type { OutboxLimits } from '../gateway/outbox.ts';

/** What a gateway takes and keeps until it is durable, at most. */
export const OUTBOX_LIMITS: OutboxLimits = { messages: 20_000, bytes: 64 * 1024 * 1024 };
