import type { DeviceCursors } from '../../ports/device-cursors.ts';
import type { MessageHistory } from '../../ports/message-history.ts';
import type { RateLimiter } from '../../ports/rate-limiter.ts';
import type { Sessions } from '../../ports/sessions.ts';
import type { UserPresence } from '../../ports/user-presence.ts';

/** What a gateway needs for more than joining rooms and sending to them. */
export interface FeaturePorts {
  readonly history: MessageHistory;
  readonly cursors: DeviceCursors;
  readonly sessions: Sessions;
  readonly presence: UserPresence;
  /** Null: nobody is limited. */
  readonly limiter: RateLimiter | null;
}
