import type { Device } from './device.ts';

/** What outlives a connection: which rooms its device was in. A session belongs to one device. */
export interface Sessions {
  /** Opens an empty session; yields its id, which cannot be guessed. */
  open(device: Device): Promise<string>;
  /** The rooms of a session, which now lives on; null where there is none of this id and device. */
  resume(id: string, device: Device): Promise<readonly SessionRoom[] | null>;
  /** Notes a room that was joined. Without effect where the session has ended. */
  join(id: string, room: SessionRoom): Promise<void>;
  leave(id: string, room: string): Promise<void>;
  /** Lets these sessions live for their full time from now on: their connections are there. */
  keep(ids: readonly string[]): Promise<void>;
}

export interface SessionRoom {
  readonly room: string;
  readonly notices: boolean;
}

/** How long a session outlives the last that was heard of its connection, milliseconds. */
export const SESSION_TTL_MS = 60_000;
