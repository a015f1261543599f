import type { Socket } from 'node:net';
import type { Opening, SendTemplate } from '../../protocol/chat-protocol.ts';
import type { Connection, ConnectionListener, ConnectOutcome, OnWrite } from '../connection.ts';
import { HostRefused } from '../hosts/host-guard.ts';
import type { DeadlineWheel, Expiring } from './deadline-wheel.ts';
import { encodeFrame, OPCODE } from './encode-frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import { FramedTemplates } from './framed-templates.ts';
import { findRefusal } from './handshake.ts';
import { readWholeFrames } from './read-whole-frames.ts';

/** What all connections of a connector have in common. */
export interface WebSocketSettings {
  readonly deadlines: DeadlineWheel;
  /** Largest message that is read; a larger one closes the connection with 1009. */
  readonly maxPayloadBytes: number;
}

/** Connecting and shaking hands; open; closed on our side or the other, and waiting for the stream to end; ended. */
type State = 'opening' | 'open' | 'closing' | 'ended';

/**
 * A client's WebSocket over a stream (RFC 6455), without extensions. Made before the stream connects; `settle` is called once,
 * with how that went. Whoever owns the stream passes on what it tells: `connected`, `take`, `fail`, `end`.
 */
export class WebSocketConnection implements Connection, FrameSink, Expiring {
  readonly #stream: Socket;
  readonly #settings: WebSocketSettings;
  readonly #listener: ConnectionListener;
  #handshake: Handshake | null;
  #state: State = 'opening';
  #deadline: number;
  #failure: Error | null = null;
  #reader: FrameReader | null = null;
  #framed: FramedTemplates | null = null;

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
    this.#deadline = settings.deadlines.add(this, timeoutMs);
  }

  get isOpen(): boolean {
    return this.#state === 'open' && this.#stream.writable;
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  sendText(text: string | Buffer): void {
    const payload = typeof text === 'string' ? Buffer.from(text) : text;
    if (this.isOpen) this.#stream.write(encodeFrame(OPCODE.text, payload));
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
    this.#framed ??= new FramedTemplates(templates);
    const frames = this.#framed.encode(room, sequences, payloads);
    // Before the write: whatever the server does with a message comes after its "sent".
    onWrite(sequences);
    this.#stream.write(frames);
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
    if (before === 'opening') this.#settle(explainFailure(this.#failure));
    else if (before === 'open') this.#listener.onClose(describeError(this.#failure) ?? 'closed without a word');
  }

  expire(): void {
    if (this.#state === 'opening') this.#settle({ outcome: 'timeout', detail: 'handshake timed out' });
    this.#stream.destroy();
  }

  onMessage(payload: Buffer): void {
    if (this.#state === 'open') this.#listener.onFrame(payload);
  }

  onPing(payload: Buffer): void {
    if (this.isOpen) this.#stream.write(encodeFrame(OPCODE.pong, payload));
  }

  onCloseFrame(code: number): void {
    if (this.#state !== 'open') return;
    this.#sayGoodbye(code);
    this.#stream.end();
    this.#listener.onClose(`closed with ${code}`);
  }

  onViolation(code: 1002 | 1009, reason: string): void {
    if (this.#state !== 'open') return;
    this.#sayGoodbye(code);
    this.#stream.end();
    this.#listener.onClose(`protocol: ${reason}`);
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
    const bytes = handshake.head === null ? chunk : Buffer.concat([handshake.head, chunk]);
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0 && bytes.length < MAX_HEAD_BYTES) {
      handshake.head = Buffer.from(bytes);
      return;
    }
    const refusal =
      end < 0
        ? { outcome: 'protocol' as const, detail: `an answer of more than ${MAX_HEAD_BYTES} bytes` }
        : findRefusal(bytes.toString('latin1', 0, end), handshake.key, handshake.opening.subprotocols);
    if (refusal !== null) {
      this.#settle(refusal);
      this.#stream.destroy();
      return;
    }
    this.#state = 'open';
    this.#settings.deadlines.remove(this, this.#deadline);
    this.#settle({ outcome: 'ok', connection: this });
    const rest = bytes.subarray(end + END_OF_HEAD.length);
    if (rest.length > 0) this.#takeFrames(rest);
  }

  #takeFrames(chunk: Buffer): void {
    const reader = this.#reader;
    // Between messages nothing is pending that would have to come before what this chunk begins with.
    const isPlain = reader === null || reader.isBetweenMessages;
    const at = isPlain ? readWholeFrames(chunk, this.#listener.onFrame, this.#settings.maxPayloadBytes) : 0;
    if (at === chunk.length) return;
    this.#reader ??= new FrameReader(this, this.#settings.maxPayloadBytes);
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
  settle(outcome: ConnectOutcome): void;
}

const NO_CODE = 1005;
const CLOSE_TIMEOUT_MS = 1_000;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const MAX_HEAD_BYTES = 16 * 1024;

const REFUSALS = /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EADDRINUSE|EAI_AGAIN|CERT|TLS|SSL/;

function explainFailure(failure: Error | null): ConnectOutcome {
  const detail = describeError(failure) ?? 'closed during the handshake';
  if (/ETIMEDOUT/.test(detail)) return { outcome: 'timeout', detail: 'handshake timed out' };
  const isRefused = failure instanceof HostRefused || REFUSALS.test(detail);
  return { outcome: isRefused ? 'refused' : 'closed', detail };
}

/** Without local ports and other details that differ from one connection to the next: failures are counted by their text. */
function describeError(failure: Error | null): string | null {
  if (failure === null) return null;
  const { code, syscall, address, port } = failure as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === undefined) return failure.message === '' ? failure.name : failure.message;
  return [syscall, code, address === undefined ? undefined : `${address}:${port}`].filter(Boolean).join(' ');
}
