import type { Socket } from 'node:net';
import type { Opening, SendTemplate } from '../../protocol/chat-protocol.ts';
import type { Connection, ConnectionListener, ConnectOutcome, OnWrite, Refusal } from '../connection.ts';
import { MadeOf } from '../made-of.ts';
import type { DeadlineWheel, Expiring } from './deadline-wheel.ts';
import { describeClose, describeError, describeViolation, explainFailure, NO_WORD } from './describe-end.ts';
import { encodeFrame, OPCODE } from './encode-frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import { FramedTemplates } from './framed-templates.ts';
import { findRefusal, type HttpRefusal, isDeflated } from './handshake.ts';
import { DeflatedTemplates, encodeDeflated } from './message-deflate.ts';
import { readWholeFrames } from './read-whole-frames.ts';
import { RefusedHandshake } from './refused-handshake.ts';

/** What all connections of a connector have in common. */
export interface WebSocketSettings {
  readonly deadlines: DeadlineWheel;
  /** Largest message that is read; a larger one closes the connection with 1009. */
  readonly maxPayloadBytes: number;
}

/** Connecting and shaking hands; open; closed on our side or the other, and waiting for the stream to end; ended. */
type State = 'opening' | 'open' | 'closing' | 'ended';

/**
 * A client's WebSocket over a stream (RFC 6455), without extensions but permessage-deflate where the opening offers it. Made before the stream connects; `settle` is called once,
 * with how that went. Whoever owns the stream passes on what it tells: `connected`, `take`, `fail`, `end`.
 */
export class WebSocketConnection implements Connection, FrameSink, Expiring {
  readonly #stream: Socket;
  readonly #settings: WebSocketSettings;
  readonly #listener: ConnectionListener;
  #handshake: Handshake | null;
  #state: State = 'opening';
  #deadline: number;
  /** Of all that it sends. */
  readonly #opcode: number;
  #failure: Error | null = null;
  #reader: FrameReader | null = null;
  readonly #framed = new MadeOf<readonly SendTemplate[], Pick<FramedTemplates, 'encode'>>();
  /** Messages of both sides may be compressed. */
  #isDeflated = false;

  constructor(
    stream: Socket,
    settings: WebSocketSettings,
    listener: ConnectionListener,
    handshake: Handshake,
    timeoutMs: number,
  ) {
    this.#stream = stream;
    this.#settings = settings;
    this.#listener = listener;
    this.#handshake = handshake;
    this.#opcode = handshake.opening.isBinary === true ? OPCODE.binary : OPCODE.text;
    this.#deadline = settings.deadlines.add(this, timeoutMs);
  }

  get isOpen(): boolean {
    return this.#state === 'open' && this.#stream.writable;
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  sendText(text: string | Uint8Array, isBinary = false): void {
    const payload = typeof text === 'string' ? Buffer.from(text) : text;
    if (!this.isOpen) return;
    const opcode = isBinary ? OPCODE.binary : this.#opcode;
    this.#stream.write(this.#isDeflated ? encodeDeflated(opcode, payload) : encodeFrame(opcode, payload));
  }

  sendPing(): void {
    if (this.isOpen) this.#stream.write(encodeFrame(OPCODE.ping, Buffer.alloc(0)));
  }

  sendMessages(
    templates: readonly SendTemplate[],
    room: number,
    sequences: readonly number[],
    payloads: readonly number[],
    onWrite: OnWrite,
  ): void {
    if (!this.isOpen) return;
    const framed = this.#framed.get(templates) ?? this.#framed.keep(templates, this.#frame(templates));
    const frames = framed.encode(room, sequences, payloads);
    // Before the write: whatever the server does with a message comes after its "sent".
    onWrite(sequences);
    this.#stream.write(frames);
  }

  #frame(templates: readonly SendTemplate[]): Pick<FramedTemplates, 'encode'> {
    return this.#isDeflated
      ? new DeflatedTemplates(templates, this.#opcode)
      : new FramedTemplates(templates, this.#opcode);
  }

  pauseReading(): void {
    if (this.#state === 'open') this.#stream.pause();
  }

  resumeReading(): void {
    if (this.#stream.isPaused()) this.#stream.resume();
  }

  close(): void {
    if (this.#state === 'open') this.#sayGoodbye(1000);
    else if (this.#state === 'opening') this.#stream.destroy();
  }

  /** The stream is connected. */
  connected(): void {
    this.#stream.write(this.#handshake?.request ?? '', 'latin1');
  }

  /** The stream has brought this; it is not kept. */
  take(chunk: Buffer): void {
    if (this.#state === 'opening') this.#takeHead(chunk);
    else if (this.#state === 'open') this.#takeFrames(chunk);
  }

  /** The stream broke; `end` follows. */
  fail(error: Error): void {
    this.#failure = error;
  }

  /** The stream is no more. */
  end(): void {
    const before = this.#state;
    this.#state = 'ended';
    this.#settings.deadlines.remove(this, this.#deadline);
    if (before === 'opening') this.#settle(this.#handshake?.refused?.end() ?? explainFailure(this.#failure));
    else if (before === 'open') this.#listener.onClose(describeError(this.#failure) ?? NO_WORD);
  }

  expire(): void {
    if (this.#state === 'opening') {
      this.#settle(this.#handshake?.refused?.end() ?? { outcome: 'timeout', detail: 'handshake timed out' });
    }
    this.#stream.destroy();
  }

  onMessage(payload: Buffer): void {
    if (this.#state === 'open') this.#listener.onFrame(payload);
  }

  onPing(payload: Buffer): void {
    if (this.isOpen) this.#stream.write(encodeFrame(OPCODE.pong, payload));
  }

  onCloseFrame(code: number, text: string): void {
    if (this.#state !== 'open') return;
    this.#sayGoodbye(code);
    this.#stream.end();
    this.#listener.onClose(describeClose(code, text), code);
  }

  onViolation(code: 1002 | 1009, reason: string): void {
    if (this.#state !== 'open') return;
    this.#sayGoodbye(code);
    this.#stream.end();
    this.#listener.onClose(describeViolation(code, reason));
  }

  /** Sends a close frame, and gives the other side a second to end the stream. */
  #sayGoodbye(code: number): void {
    const payload = Buffer.alloc(code === NO_CODE ? 0 : 2);
    if (code !== NO_CODE) payload.writeUInt16BE(code);
    this.#stream.write(encodeFrame(OPCODE.close, payload));
    this.#state = 'closing';
    this.#deadline = this.#settings.deadlines.add(this, CLOSE_TIMEOUT_MS);
  }

  #takeHead(chunk: Buffer): void {
    const handshake = this.#handshake;
    if (handshake === null) return;
    if (handshake.refused !== null) {
      this.#takeBody(handshake.refused, chunk);
      return;
    }
    const bytes = handshake.head === null ? chunk : Buffer.concat([handshake.head, chunk]);
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0 && bytes.length < MAX_HEAD_BYTES) {
      handshake.head = Buffer.from(bytes);
      return;
    }
    const refusal =
      end < 0
        ? { outcome: 'protocol' as const, detail: `an answer of more than ${MAX_HEAD_BYTES} bytes` }
        : findRefusal(bytes.toString('latin1', 0, end), handshake.key, handshake.opening);
    if (refusal !== null) {
      if ('head' in refusal) this.#refuse(handshake, refusal, bytes.subarray(end + END_OF_HEAD.length));
      else this.#giveUp(refusal);
      return;
    }
    this.#isDeflated = handshake.opening.isCompressed === true && isDeflated(bytes.toString('latin1', 0, end));
    this.#state = 'open';
    this.#settings.deadlines.remove(this, this.#deadline);
    this.#settle({ outcome: 'ok', connection: this });
    const rest = bytes.subarray(end + END_OF_HEAD.length);
    if (rest.length > 0) this.#takeFrames(rest);
  }

  /** The server answers with something else than a WebSocket. What it says besides is waited for, not for long. */
  #refuse(handshake: Handshake, { refusal, head }: HttpRefusal, begun: Buffer): void {
    handshake.refused = new RefusedHandshake(refusal, head);
    this.#settings.deadlines.remove(this, this.#deadline);
    this.#deadline = this.#settings.deadlines.add(this, BODY_TIMEOUT_MS);
    this.#takeBody(handshake.refused, begun);
  }

  #takeBody(refused: RefusedHandshake, chunk: Buffer): void {
    if (refused.take(chunk)) this.#giveUp(refused.end());
  }

  #giveUp(refusal: Refusal): void {
    this.#settle(refusal);
    this.#stream.destroy();
  }

  #takeFrames(chunk: Buffer): void {
    const reader = this.#reader;
    // Between messages nothing is pending that would have to come before what this chunk begins with.
    const isPlain = reader === null || reader.isBetweenMessages;
    const at = isPlain ? readWholeFrames(chunk, this.#listener.onFrame, this.#settings.maxPayloadBytes) : 0;
    if (at === chunk.length) return;
    this.#reader ??= new FrameReader(this, this.#settings.maxPayloadBytes, this.#isDeflated);
    this.#reader.read(at === 0 ? chunk : chunk.subarray(at));
  }

  #settle(outcome: ConnectOutcome): void {
    const handshake = this.#handshake;
    this.#handshake = null;
    handshake?.settle(outcome);
  }
}

/** What is needed until the connection is open. */
export interface Handshake {
  readonly opening: Opening;
  readonly key: string;
  readonly request: string;
  /** What has come of an answer that goes on in the next chunk. */
  head: Buffer | null;
  /** Once the server has answered with something else; null before. */
  refused: RefusedHandshake | null;
  settle(outcome: ConnectOutcome): void;
}

const NO_CODE = 1005;
const CLOSE_TIMEOUT_MS = 1_000;
const BODY_TIMEOUT_MS = 500;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const MAX_HEAD_BYTES = 16 * 1024;
