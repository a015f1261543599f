/**
 * The correlation marker: a fixed number of ASCII letters and digits in every message body, found in whatever frame carries the
 * text, without parsing it.
 *
 *     ZqcbRRRRsSSSnNNNNNNNNNNrMMMMMM
 *         run  |   sequence   room      decimal, zero-padded; run is base 36
 *              shard, or "any"
 *
 * What escapes, sanitises or formats text (JSON, XML, URLs, HTML, Markdown, STOMP) leaves letters and digits as they are. A
 * text is taken for a marker where the eight characters before the shard, three letters and nineteen digits are all in place:
 * in random base64 that happens once in 64¹¹ · 6.4¹⁹ places, in hex never.
 */
export const MARKER_BYTES = 30;

export const MAX_SHARD = 999;
export const MAX_SEQUENCE = 9_999_999_999;
export const MAX_ROOM = 999_999;

/** What `MarkerReader` reads as the shard of a marker whose message is no one shard's. */
export const ANY_SHARD = -1;

const PREFIX = 'Zqcb';
const SHARD_LETTER = 's';
const ANY = 'any';
const SHARD_DIGITS = 3;
const SEQUENCE_DIGITS = 10;
const ROOM_DIGITS = 6;
const SHARD_AT = 9;
const SEQUENCE_AT = 13;
const ROOM_AT = 24;
/** As much of a frame is searched in steps. */
const STEPPED_BYTES = 384;
const ZERO = 48;
const NINE = 57;
const SPACE = 0x20;
const LETTER_A = 97;
const LETTER_N = 110;
const LETTER_R = 114;
const LETTER_Y = 121;

/**
 * A marker with sequence and room still zero. `patchMarker` fills them in place.
 *
 * @param shard 0–999, or `any`: the sequence is the plan's own number of the message, and whoever is a member may get it
 */
export function createMarker(runId: string, shard: number | 'any'): string {
  const digits = shard === ANY ? ANY : String(shard).padStart(SHARD_DIGITS, '0');
  if (shard !== ANY && !/^\d{3}$/.test(digits)) throw new RangeError(`shard ${shard}: expected 0 to ${MAX_SHARD}`);
  return `${needleOf(runId)}${digits}n${'0'.repeat(SEQUENCE_DIGITS)}r${'0'.repeat(ROOM_DIGITS)}`;
}

/** What all markers of a run begin with, and nothing else holds. */
function needleOf(runId: string): string {
  if (!/^[0-9a-z]{4}$/.test(runId)) throw new RangeError(`run id ${runId}: expected four characters 0-9a-z`);
  return PREFIX + runId + SHARD_LETTER;
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

/** Writes the last nine digits of a sequence at `offset`. No allocation. */
export function patchNumber(frame: Uint8Array, offset: number, sequence: number): void {
  writeDigits(frame, offset, 9, sequence);
}

/** Writes a sequence as eight hexadecimal digits at `offset`. No allocation. */
export function patchHex(frame: Uint8Array, offset: number, sequence: number): void {
  for (let i = 0; i < 8; i++) {
    const digit = Math.floor(sequence / 16 ** (7 - i)) % 16;
    frame[offset + i] = digit < 10 ? ZERO + digit : LETTER_A + digit - 10;
  }
}

/** Writes a time as thirteen digits at `offset`, ms since 1970. No allocation. */
export function patchTime(frame: Uint8Array, offset: number, timeMs: number): void {
  writeDigits(frame, offset, 13, timeMs);
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
 * A server's frames of one kind have the marker at nearly the same place, so the place of the last find is tried first. The
 * rest of the frame is searched in steps of up to a marker's length: the byte at which a marker would end tells how far away
 * the next end can be (R. N. Horspool, "Practical fast searching in strings", 1980). For a few hundred bytes that costs
 * less than a call of `indexOf`, which searches what is behind them.
 */
export class MarkerReader {
  /** 0–999, or `ANY_SHARD`. */
  shard = 0;
  sequence = 0;
  room = 0;
  readonly #needle: Buffer;
  /** By a byte at which a marker would end, were the search right: how many bytes further one may end. */
  readonly #shifts: Uint8Array;
  /** Where the first marker of the frame last read begins, and where the search for more goes on. */
  #lastOffset = 0;
  #nextFrom = 0;
  /** Where the first marker was last found to be repeated. */
  #copyOffset = 0;

  constructor(runId: string) {
    const needle = needleOf(runId);
    this.#needle = Buffer.from(needle, 'latin1');
    this.#shifts = tabulateShifts(needle);
  }

  /** Reads the first marker of this run in the frame; false where it has none. */
  read(frame: Buffer): boolean {
    let offset = this.#lastOffset;
    if (!this.#readAt(frame, offset)) offset = this.#find(frame, 0, frame.length);
    else if (offset >= MARKER_BYTES) {
      // There is room for another before it.
      const earlier = this.#find(frame, 0, offset);
      if (earlier >= 0) offset = earlier;
    }
    if (offset < 0) return false;
    this.#lastOffset = offset;
    this.#nextFrom = offset + MARKER_BYTES;
    return true;
  }

  /**
   * Reads the next marker of the frame that `read` was last given; false where there are no more. One that repeats the frame's
   * first, as an id beside the body does, is passed over; whether a later one is repeated is for the caller to know.
   */
  readNext(frame: Buffer): boolean {
    let from = this.#nextFrom;
    if (frame.length - from < MARKER_BYTES) return false;
    const copy = this.#copyOffset;
    // Found again where it was, it costs one comparison; another may still be before it.
    if (copy >= from && isSame(frame, this.#lastOffset, copy)) {
      if (copy - from >= MARKER_BYTES && this.#findNext(frame, from, copy)) return true;
      from = copy + MARKER_BYTES;
    }
    return this.#findNext(frame, from, frame.length);
  }

  #findNext(frame: Buffer, start: number, end: number): boolean {
    let from = start;
    for (;;) {
      const offset = this.#find(frame, from, end);
      if (offset < 0) return false;
      from = offset + MARKER_BYTES;
      if (isSame(frame, this.#lastOffset, offset)) this.#copyOffset = offset;
      else {
        this.#nextFrom = from;
        return true;
      }
    }
  }

  /** Reads the first marker that lies within [from, end), and yields where it begins; −1: there is none. */
  #find(frame: Buffer, from: number, end: number): number {
    const shifts = this.#shifts;
    const stepped = Math.min(end, from + STEPPED_BYTES);
    let last = from + MARKER_BYTES - 1;
    while (last < stepped) {
      const byte = frame[last]!;
      if (byte >= ZERO && byte <= NINE && this.#readAt(frame, last - MARKER_BYTES + 1)) return last - MARKER_BYTES + 1;
      last += shifts[byte]!;
    }
    if (last >= end) return -1;
    let offset = frame.indexOf(this.#needle, last - MARKER_BYTES + 1);
    while (offset >= 0 && offset + MARKER_BYTES <= end) {
      if (this.#readAt(frame, offset)) return offset;
      offset = frame.indexOf(this.#needle, offset + 1);
    }
    return -1;
  }

  /** Reads the marker that begins here; false where none does. */
  #readAt(frame: Buffer, offset: number): boolean {
    const needle = this.#needle;
    if (offset + MARKER_BYTES > frame.length) return false;
    for (let i = 0; i < needle.length; i++) if (frame[offset + i] !== needle[i]) return false;
    if (frame[offset + SEQUENCE_AT - 1] !== LETTER_N || frame[offset + ROOM_AT - 1] !== LETTER_R) return false;
    const shard = readShard(frame, offset + SHARD_AT);
    const sequence = readDigits(frame, offset + SEQUENCE_AT, SEQUENCE_DIGITS);
    const room = readDigits(frame, offset + ROOM_AT, ROOM_DIGITS);
    if (shard === null || sequence < 0 || room < 0) return false;
    this.shard = shard;
    this.sequence = sequence;
    this.room = room;
    return true;
  }
}

/** The distance from the last byte of a marker to the last one before it that can be this byte; where there is none, its length. */
function tabulateShifts(needle: string): Uint8Array {
  const shifts = new Uint8Array(256).fill(MARKER_BYTES);
  const digits = '0123456789';
  const allowed = Array.from({ length: MARKER_BYTES - 1 }, (_, at) => {
    if (at < needle.length) return needle[at]!;
    if (at === SEQUENCE_AT - 1) return 'n';
    if (at === ROOM_AT - 1) return 'r';
    return at < SEQUENCE_AT ? digits + ANY[at - SHARD_AT]! : digits;
  });
  for (const [at, characters] of allowed.entries()) {
    for (const character of characters) shifts[character.charCodeAt(0)] = MARKER_BYTES - 1 - at;
  }
  return shifts;
}

function isSame(frame: Buffer, one: number, other: number): boolean {
  if (other + MARKER_BYTES > frame.length) return false;
  for (let i = MARKER_BYTES - 1; i >= 0; i--) if (frame[one + i] !== frame[other + i]) return false;
  return true;
}

function writeDigits(frame: Uint8Array, offset: number, digits: number, value: number): void {
  let rest = value;
  for (let i = offset + digits - 1; i >= offset; i--) {
    const tenth = Math.floor(rest / 10);
    frame[i] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
}

function readShard(frame: Buffer, offset: number): number | null {
  const shard = readDigits(frame, offset, SHARD_DIGITS);
  if (shard >= 0) return shard;
  const isAny = frame[offset] === LETTER_A && frame[offset + 1] === LETTER_N && frame[offset + 2] === LETTER_Y;
  return isAny ? ANY_SHARD : null;
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
