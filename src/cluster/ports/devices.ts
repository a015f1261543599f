/** One of a user's devices: what a connection presents itself as. */
export interface Device {
  readonly user: string;
  readonly device: string;
}

/** How far each device has come in each of its rooms. */
export interface DeviceCursors {
  /** Moves the device's cursors forward to these positions, by room; a cursor never moves back. */
  advance(device: Device, positions: ReadonlyMap<string, number>): Promise<void>;
  /** The device's cursor in each of the rooms; null where it has none. */
  read(device: Device, rooms: readonly string[]): Promise<readonly (number | null)[]>;
}

/** How long cursors are kept after the last one was moved, milliseconds. */
export const CURSORS_KEPT_MS = 7 * 24 * 3600 * 1000;

/** Most rooms in which a device has a cursor; further ones are not kept. */
export const CURSORS_PER_DEVICE = 2_000;

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
