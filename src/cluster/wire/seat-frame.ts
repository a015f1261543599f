/**
 * What gateways tell each other of a device that has connected, over the channel of its user: an older connection of the same device
 * gives way. Clients never get to see it, nor can they send it.
 */
export interface SeatFrame {
  readonly t: 'seat';
  readonly device: string;
  /** Key of the new connection. */
  readonly connection: string;
  /** When it was opened, ms since 1970 on its gateway's clock. */
  readonly at: number;
}

const BEGINNING = '{"t":"seat",';

export function encodeSeat(device: string, connection: string, at: number): string {
  return `${BEGINNING}"device":"${device}","connection":"${connection}","at":${at}}`;
}

/** Null for any other frame. */
export function readSeat(frame: Buffer): SeatFrame | null {
  return frame.toString('latin1', 0, BEGINNING.length) === BEGINNING
    ? (JSON.parse(frame.toString()) as SeatFrame)
    : null;
}
