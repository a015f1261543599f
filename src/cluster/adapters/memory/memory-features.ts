import type { FeaturePorts } from '../../gateway/features/feature-ports.ts';
import type { MessageHistory } from '../../ports/message-store.ts';
import type { RateLimit } from '../../ports/rate-limiter.ts';
import { createMemoryDeviceCursors } from './memory-device-cursors.ts';
import { createMemoryRateLimiter } from './memory-rate-limiter.ts';
import { createMemorySessions } from './memory-sessions.ts';
import { createMemoryUserPresence } from './memory-user-presence.ts';

/** What the gateways of one process share for their features. */
export function createMemoryFeatures(history: MessageHistory, rateLimit: RateLimit | null): FeaturePorts {
  return {
    history,
    cursors: createMemoryDeviceCursors(),
    sessions: createMemorySessions(),
    presence: createMemoryUserPresence(),
    limiter: rateLimit === null ? null : createMemoryRateLimiter(rateLimit),
  };
}
