import { OPCODE } from './encode-frame.ts';
import { DEFLATED, inflateMessage } from './message-deflate.ts';

/** What a reader tells of what it reads. */
export interface FrameSink {
  /** A whole text or binary message. Valid during the call only. */
  onMessage(payload: Buffer): void;
  /** Valid during the call only. */
  onPing(payload: Buffer): void;
  /** The other side closes, with this code, 1005 where it gave none, and this text, or none. Nothing is read after it. */
  onCloseFrame(code: number, text: string): void;
  /** What came is no WebSocket frame of a server, or too large. Nothing is read after it. */
  onViolation(code: 1002 | 1009, reason: string): void;
}

/**
 * Reads a server's frames from chunks cut anywhere: fragments, control frames in between, lengths of 7, 16 and 64 bits
 * (RFC 6455, section 5). Chunks may be reused once `read` returns. Text is not checked to be UTF-8.
 *
 * Plain frames in one piece are read faster by `readWholeFrames`, as long as this reader is between messages.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxPayloadBytes: number;
  /** Copies of what has come of a frame that goes on in the next chunk. */
  #kept: Buffer[] = [];
  #keptBytes = 0;
  /** Bytes from the frame's beginning, below which nothing more can be told of it than before. */
  #neededBytes = SHORT_HEADER_BYTES;
  /** Copies of the fragments of a message that goes on in another frame. */
  #fragments: Buffer[] | null = null;
  #fragmentBytes = 0;
  /** The message whose fragments are kept is compressed. */
  #areFragmentsDeflated = false;
  #isOver = false;
  readonly #isDeflated: boolean;

  /**
   * @param maxPayloadBytes of a message, over all of its fragments, and once it is no longer compressed
   * @param isDeflated messages may be compressed
   */
  constructor(sink: FrameSink, maxPayloadBytes: number, isDeflated = false) {
    this.#isDeflated = isDeflated;
    this.#sink = sink;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  get isBetweenMessages(): boolean {
    return this.#keptBytes === 0 && this.#fragments === null && !this.#isOver;
  }

  read(chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#keptBytes + chunk.length < this.#neededBytes) {
      this.#keep(chunk);
      return;
    }
    const input = this.#keptBytes === 0 ? chunk : Buffer.concat([...this.#kept, chunk]);
    this.#kept = [];
    this.#keptBytes = 0;
    let at = 0;
    while (at < input.length) {
      const frameBytes = this.#readFrame(input.subarray(at));
      if (this.#isOver) return;
      if (frameBytes === 0) break;
      at += frameBytes;
    }
    if (at < input.length) this.#keep(input.subarray(at));
  }

  #keep(bytes: Buffer): void {
    this.#kept.push(Buffer.from(bytes));
    this.#keptBytes += bytes.length;
  }

  /** Reads the frame that the bytes begin with; yields its length, or 0 where it goes on behind them. */
  #readFrame(bytes: Buffer): number {
    if (bytes.length < SHORT_HEADER_BYTES) return this.#awaitBytes(SHORT_HEADER_BYTES);
    const first = bytes[0]!;
    const second = bytes[1]!;
    const fault = this.#findFault(first, second);
    if (fault !== null) return this.#fail(1002, fault);
    const opcode = first & 0x0f;
    const headerBytes = SHORT_HEADER_BYTES + (second === 127 ? 8 : second === 126 ? 2 : 0);
    if (bytes.length < headerBytes) return this.#awaitBytes(headerBytes);
    const length = readLength(bytes, second);
    if (opcode < OPCODE.close && length > 0 && this.#fragmentBytes + length > this.#maxPayloadBytes) {
      return this.#fail(1009, `message of more than ${this.#maxPayloadBytes} bytes`);
    }
    const frameBytes = headerBytes + length;
    if (bytes.length < frameBytes) return this.#awaitBytes(frameBytes);
    this.#neededBytes = SHORT_HEADER_BYTES;
    const payload = bytes.subarray(headerBytes, frameBytes);
    if (opcode >= OPCODE.close) this.#takeControl(opcode, payload);
    else this.#takeData((first & FINAL) !== 0, payload, (first & DEFLATED) !== 0);
    return frameBytes;
  }

  #awaitBytes(count: number): 0 {
    this.#neededBytes = count;
    return 0;
  }

  #findFault(first: number, second: number): string | null {
    const opcode = first & 0x0f;
    const isFragmented = this.#fragments !== null;
    const mayBeDeflated = this.#isDeflated && (opcode === OPCODE.text || opcode === OPCODE.binary);
    if ((first & (mayBeDeflated ? RESERVED & ~DEFLATED : RESERVED)) !== 0) return 'reserved bits are set';
    if (opcode === OPCODE.continuation && !isFragmented) return 'a continuation of nothing';
    if ((opcode === OPCODE.text || opcode === OPCODE.binary) && isFragmented) return 'a message within another';
    if (opcode > OPCODE.binary && (opcode < OPCODE.close || opcode > OPCODE.pong)) return `opcode ${opcode}`;
    if (opcode >= OPCODE.close) {
      if ((first & FINAL) === 0) return 'a fragmented control frame';
      if ((second & 0x7f) > MAX_CONTROL_BYTES) return 'a control frame of more than 125 bytes';
      if (opcode === OPCODE.close && (second & 0x7f) === 1) return 'a close code of one byte';
    }
    return (second & MASKED) === 0 ? null : 'a masked frame';
  }

  #takeControl(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.ping) this.#sink.onPing(payload);
    if (opcode !== OPCODE.close) return;
    const code = payload.length === 0 ? null : payload.readUInt16BE(0);
    if (code !== null && !isCloseCode(code)) {
      this.#fail(1002, `close code ${code}`);
      return;
    }
    this.#isOver = true;
    this.#sink.onCloseFrame(code ?? NO_CODE, payload.toString('utf8', CODE_BYTES));
  }

  #takeData(isFinal: boolean, payload: Buffer, isDeflated: boolean): void {
    if (isFinal && this.#fragments === null) {
      this.#deliver(payload, isDeflated);
      return;
    }
    if (this.#fragments === null) {
      this.#fragments = [];
      this.#areFragmentsDeflated = isDeflated;
    }
    this.#fragments.push(Buffer.from(payload));
    this.#fragmentBytes += payload.length;
    if (!isFinal) return;
    const message = Buffer.concat(this.#fragments);
    this.#fragments = null;
    this.#fragmentBytes = 0;
    this.#deliver(message, this.#areFragmentsDeflated);
  }

  #deliver(message: Buffer, isDeflated: boolean): void {
    if (!isDeflated) {
      this.#sink.onMessage(message);
      return;
    }
    let inflated: Buffer;
    try {
      inflated = inflateMessage(message, this.#maxPayloadBytes);
    } catch (error) {
      if (error instanceof RangeError) this.#fail(1009, `message of more than ${this.#maxPayloadBytes} bytes`);
      else this.#fail(1002, 'what is no compressed message');
      return;
    }
    this.#sink.onMessage(inflated);
  }

  #fail(code: 1002 | 1009, reason: string): 0 {
    this.#isOver = true;
    this.#sink.onViolation(code, reason);
    return 0;
  }
}

const FINAL = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const SHORT_HEADER_BYTES = 2;
const MAX_CONTROL_BYTES = 125;
const NO_CODE = 1005;
const CODE_BYTES = 2;

function readLength(bytes: Buffer, short: number): number {
  if (short === 126) return bytes.readUInt16BE(2);
  // Above 2^53 it loses digits and stays far above any limit.
  return short === 127 ? bytes.readUInt32BE(2) * 2 ** 32 + bytes.readUInt32BE(6) : short;
}

/** RFC 6455, section 7.4: codes that may stand in a frame. */
function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_CODE && code !== 1006;
}
