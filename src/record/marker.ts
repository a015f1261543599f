/**
 * The correlation marker: a fixed number of ASCII characters in every message body, found in whatever frame carries the
 * text unchanged, without parsing it.
 *
 *     ~cb.RRRR.SSS.NNNNNNNNNN.MMMMMM
 *         run  |   sequence   room        decimal, zero-padded; run is base 36
 *              shard
 *
 * None of its characters is escaped by JSON, XML, URLs or STOMP.
 */
export const MARKER_BYTES = 30;

export const MAX_SEQUENCE = 9_999_999_999;
export const MAX_ROOM = 999_999;

const PREFIX = '~cb.';
const SHARD_AT = 9;
const SEQUENCE_AT = 13;
const SEQUENCE_DIGITS = 10;
const ROOM_AT = 24;
const ROOM_DIGITS = 6;
const ZERO = 48;
const SPACE = 0x20;

/** A marker with sequence and room still zero. `patchMarker` fills them in place. */
export function createMarker(runId: string, shard: number): string {
  if (!/^[0-9a-z]{4}$/.test(runId)) throw new RangeError(`run id ${runId}: expected four characters 0-9a-z`);
  return `${PREFIX}${runId}.${String(shard).padStart(3, '0')}.${'0'.repeat(SEQUENCE_DIGITS)}.${'0'.repeat(ROOM_DIGITS)}`;
}

/** Writes sequence and room into the marker that begins at `offset`. No allocation. */
export function patchMarker(frame: Uint8Array, offset: number, sequence: number, room: number): void {
  writeDigits(frame, offset + SEQUENCE_AT, SEQUENCE_DIGITS, sequence);
  writeDigits(frame, offset + ROOM_AT, ROOM_DIGITS, room);
}

/** Writes a sequence as ten digits at `offset`. No allocation. */
export function patchSequence(frame: Uint8Array, offset: number, sequence: number): void {
  writeDigits(frame, offset, SEQUENCE_DIGITS, sequence);
}

/** Writes a position as ten characters at `offset`: its digits, with spaces before them, as JSON allows. No allocation. */
export function patchPosition(frame: Uint8Array, offset: number, position: number): void {
  writeDigits(frame, offset, SEQUENCE_DIGITS, position);
  const last = offset + SEQUENCE_DIGITS - 1;
  for (let i = offset; i < last && frame[i] === ZERO; i++) frame[i] = SPACE;
}

/**
 * Finds the markers of one run in received frames. The fields hold the last one found.
 *
 * A server's frames of one kind have the marker at nearly the same place, so the place of the last find is tried first;
 * a search of the whole frame costs ten times as much.
 */
export class MarkerReader {
  shard = 0;
  sequence = 0;
  room = 0;
  readonly #needle: Buffer;
  #lastOffset = 0;

  constructor(runId: string) {
    this.#needle = Buffer.from(`${PREFIX}${runId}.`, 'latin1');
  }

  /** True when the frame holds a whole marker of this run. */
  read(frame: Buffer): boolean {
    const offset = this.#startsAt(frame, this.#lastOffset) ? this.#lastOffset : frame.indexOf(this.#needle);
    if (offset < 0 || offset + MARKER_BYTES > frame.length) return false;
    this.#lastOffset = offset;
    this.shard = readDigits(frame, offset + SHARD_AT, 3);
    this.sequence = readDigits(frame, offset + SEQUENCE_AT, SEQUENCE_DIGITS);
    this.room = readDigits(frame, offset + ROOM_AT, ROOM_DIGITS);
    return this.shard >= 0 && this.sequence >= 0 && this.room >= 0;
  }

  #startsAt(frame: Buffer, offset: number): boolean {
    const needle = this.#needle;
    if (offset + MARKER_BYTES > frame.length) return false;
    for (let i = 0; i < needle.length; i++) if (frame[offset + i] !== needle[i]) return false;
    return true;
  }
}

function writeDigits(frame: Uint8Array, offset: number, digits: number, value: number): void {
  let rest = value;
  for (let i = offset + digits - 1; i >= offset; i--) {
    const tenth = Math.floor(rest / 10);
    frame[i] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
}

/** The number, or −1 where a character is not a digit. */
function readDigits(frame: Uint8Array, offset: number, digits: number): number {
  let value = 0;
  for (let i = offset; i < offset + digits; i++) {
    const digit = frame[i]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
