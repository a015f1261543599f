import type { Device } from './device.ts';

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
