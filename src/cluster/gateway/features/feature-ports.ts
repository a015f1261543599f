import type { DeviceCursors, Sessions, UserPresence } from '../../ports/devices.ts';
import type { MessageHistory } from '../../ports/message-store.ts';
import type { RateLimiter } from '../../ports/rate-limiter.ts';

/** What a gateway needs for more than joining rooms and sending to them. */
export interface FeaturePorts {
  readonly history: MessageHistory;
  readonly cursors: DeviceCursors;
  readonly sessions: Sessions;
  readonly presence: UserPresence;
  /** Null: nobody is limited. */
  readonly limiter: RateLimiter | null;
}
