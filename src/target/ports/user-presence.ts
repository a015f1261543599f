import type { Device } from './device.ts';

/** Who is there: a user is online as long as any of their devices sends heartbeats. */
export interface UserPresence {
  /** A heartbeat, which holds for the time to live. True where the user was offline before. */
  beat(device: Device): Promise<boolean>;
  isOnline(user: string): Promise<boolean>;
  /** Users whose last heartbeat has run out. Each is told once, to one of all callers. */
  takeExpired(): Promise<readonly string[]>;
  readonly ttlMs: number;
}

/** How long a heartbeat holds, milliseconds. */
export const HEARTBEAT_TTL_MS = 30_000;
