/**
 * Times at which a message passed the stations of the reference cluster, inside its frames: µs on the machine's monotonic
 * clock modulo `STAMP_SPAN_US`, six digits of base 36 each, one after the other. A stamp alone says nothing; the time from
 * one to the next is exact while it is below 36 minutes.
 */
export const STAMP_DIGITS = 6;
export const STAMP_SPAN_US = 36 ** STAMP_DIGITS;

/** Stations of a delivery that a worker handles, in order; the last is patched by the gateway that writes the frame. */
export const DELIVERY_STATIONS = ['taken', 'published', 'received', 'begun', 'stored', 'written'] as const;

/** Stations of an acknowledgement by the queue. */
export const ACK_STATIONS = ['taken', 'published', 'confirmed'] as const;

/**
 * The same where gateways number messages and publish them in one step, topologies `pubsub` and `pattern`. Their numbers tell them
 * from those above: no two of a kind are as many.
 */
export const CHANNEL_DELIVERY_STATIONS = ['taken', 'published', 'written'] as const;
export const CHANNEL_ACK_STATIONS = ['taken', 'published', 'numbered', 'stored'] as const;

/** In place of a stamp that is patched later. */
export const NO_STAMP = '0'.repeat(STAMP_DIGITS);

/** @param timeUs integer µs on the monotonic clock */
export function encodeStamp(timeUs: number): string {
  return (timeUs % STAMP_SPAN_US).toString(36).padStart(STAMP_DIGITS, '0');
}

/** Writes a stamp in place. No allocation. */
export function patchStamp(frame: Uint8Array, offset: number, timeUs: number): void {
  let rest = timeUs % STAMP_SPAN_US;
  for (let i = offset + STAMP_DIGITS - 1; i >= offset; i--) {
    const quotient = Math.floor(rest / 36);
    frame[i] = DIGITS[rest - quotient * 36]!;
    rest = quotient;
  }
}

/** Digits of a frame end at this distance from its own end: a quote and a brace follow. */
export const STAMPS_END = '"}'.length;
const FIELD = Buffer.from('","hops":"', 'latin1');

/** Where in a frame a field of so many stamps begins, being the last one; −1 where there is none. Touches the field's name only. */
export function findStamps(frame: Uint8Array, stations: number): number {
  const at = frame.length - STAMPS_END - stations * STAMP_DIGITS;
  const name = at - FIELD.length;
  if (name < 0) return -1;
  for (let i = 0; i < FIELD.length; i++) if (frame[name + i] !== FIELD[i]) return -1;
  return at;
}

/** Reads `into.length` stamps from `offset` on; false where a digit is none. No allocation. */
export function readStamps(frame: Uint8Array, offset: number, into: Float64Array): boolean {
  let at = offset;
  for (let station = 0; station < into.length; station++) {
    let value = 0;
    for (let i = 0; i < STAMP_DIGITS; i++) {
      const digit = VALUES[frame[at++]!]!;
      if (digit > 35) return false;
      value = value * 36 + digit;
    }
    into[station] = value;
  }
  return true;
}

const DIGITS = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz', 'latin1');
const VALUES = new Uint8Array(256).fill(255);
for (const [value, character] of DIGITS.entries()) VALUES[character] = value;
