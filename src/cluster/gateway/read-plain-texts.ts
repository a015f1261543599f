import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

const OPEN = 1;

/**
 * Reads the plain text messages of a client straight from its socket: masked, in one frame, in one chunk, all ASCII. That is
 * what nearly every frame of a chat is, and reading it so costs a fraction. The library reads everything else, in its place
 * between them: other text, other opcodes, frames cut by a chunk's end. From the first frame on that closes, continues in
 * another one, has more than 16 bits of length or breaks the rules, the library reads all, and judges it.
 *
 * To be called before the first chunk. Does nothing where the library does not read as expected.
 *
 * @param onText called for every message so read, of 65,535 bytes at most; all others come as the library's `message`
 */
export function readPlainTexts(webSocket: WebSocket, socket: Socket, onText: (text: string) => void): void {
  const listeners = socket.listeners('data') as ((chunk: Buffer) => void)[];
  const [libraryRead] = listeners;
  if (libraryRead === undefined || listeners.length > 1) return;

  const reader = new PlainTextReader({
    isOpen: () => webSocket.readyState === OPEN,
    onText,
    onOther: (bytes) => libraryRead.call(socket, bytes),
    onLast(bytes) {
      stop();
      socket.on('data', libraryRead);
      libraryRead.call(socket, bytes);
    },
  });
  const read = (chunk: Buffer): void => reader.read(chunk);
  const stop = (): void => void socket.off('data', read);
  socket.on('data', read);
  socket.off('data', libraryRead);
  // The library has ceased to read then.
  webSocket.on('error', stop);
}

interface PlainTextSink {
  readonly isOpen: () => boolean;
  readonly onText: (text: string) => void;
  /** Bytes of whole frames, or of one that goes on in the next call. */
  readonly onOther: (bytes: Buffer) => void;
  /** Whatever follows is to be read without this reader. */
  readonly onLast: (bytes: Buffer) => void;
}

/** Tells plain text messages from the other bytes of a connection. */
export class PlainTextReader {
  readonly #sink: PlainTextSink;
  /** Bytes to come of a frame that is read by others. */
  #others = 0;
  /** The beginning of a header. */
  #cut: Buffer | null = null;

  constructor(sink: PlainTextSink) {
    this.#sink = sink;
  }

  /** Unmasks plain messages in place. */
  read(chunk: Buffer): void {
    const bytes = this.#cut === null ? chunk : Buffer.concat([this.#cut, chunk]);
    this.#cut = null;
    let handed = 0;
    let at = Math.min(this.#others, bytes.length);
    this.#others -= at;
    while (at < bytes.length) {
      if (at + 1 < bytes.length && !isRegular(bytes[at]!, bytes[at + 1]!)) {
        this.#sink.onLast(bytes.subarray(handed));
        return;
      }
      const start = at + (at + 1 < bytes.length ? headerBytes(bytes[at + 1]!) : LONGEST_HEADER);
      if (start > bytes.length) {
        this.#cut = Buffer.from(bytes.subarray(at));
        break;
      }
      const end = start + payloadBytes(bytes, at);
      if (bytes[at] === FINAL_TEXT && end <= bytes.length && this.#sink.isOpen() && unmaskAscii(bytes, start, end)) {
        if (at > handed) this.#sink.onOther(bytes.subarray(handed, at));
        handed = end;
        this.#sink.onText(bytes.toString('latin1', start, end));
      }
      at = Math.min(end, bytes.length);
      this.#others = end - at;
    }
    if (at > handed) this.#sink.onOther(bytes.subarray(handed, at));
  }
}

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;
const FINAL_PING = 0x89;
const FINAL_PONG = 0x8a;
const MASKED = 0x80;
const IN_16_BITS = 126;
const IN_64_BITS = 127;
const MASK_BYTES = 4;
const LONGEST_HEADER = 2 + 2 + MASK_BYTES;

function headerBytes(second: number): number {
  return (second & 0x7f) === IN_16_BITS ? LONGEST_HEADER : 2 + MASK_BYTES;
}

function payloadBytes(bytes: Buffer, at: number): number {
  const short = bytes[at + 1]! & 0x7f;
  return short === IN_16_BITS ? (bytes[at + 2]! << 8) | bytes[at + 3]! : short;
}

function isRegular(first: number, second: number): boolean {
  if ((second & MASKED) === 0 || (second & 0x7f) === IN_64_BITS) return false;
  return first === FINAL_TEXT || first === FINAL_BINARY || first === FINAL_PING || first === FINAL_PONG;
}

/** False where the text is not ASCII: the bytes are as before then. */
function unmaskAscii(bytes: Buffer, start: number, end: number): boolean {
  if (applyMask(bytes, start, end) < 0x80) return true;
  applyMask(bytes, start, end);
  return false;
}

/** Applied twice, the mask undoes itself. Yields all bytes combined by OR. */
function applyMask(bytes: Buffer, start: number, end: number): number {
  const mask = start - MASK_BYTES;
  let all = 0;
  for (let i = start; i < end; i++) {
    const value = bytes[i]! ^ bytes[mask + ((i - start) & 3)]!;
    bytes[i] = value;
    all |= value;
  }
  return all;
}
