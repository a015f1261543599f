import { WebSocket } from 'ws';
import { encodeJoin, encodeSend } from '../wire/client-frame.ts';
import { parseServerFrame } from '../wire/server-frame.ts';

/** A message is sent again when its acknowledgement is this late, or at once after a reconnect. */
const RESEND_AFTER_MS = 2_000;
/** After a refusal. */
const BACK_OFF_MS = 200;
const RECONNECT_MS = 50;

/**
 * A client of the reference cluster as a good one behaves: it connects again when its connection breaks, sends each message
 * again by its id until it is acknowledged, and keeps what it received.
 */
export class StubbornClient {
  readonly room: string;
  /** Received, with repetitions, in order. */
  readonly received: { readonly id: string; readonly seq: number }[] = [];
  readonly acked = new Set<string>();
  readonly counts = { resent: 0, refused: 0, connects: 0 };
  readonly #url: string;
  readonly #due = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #socket: WebSocket | null = null;
  #joined = false;
  #closing = false;
  #onJoined: () => void = () => {};

  constructor(endpoint: string, user: string, room: string) {
    this.#url = `${endpoint}?user=${user}&device=d0`;
    this.room = room;
    this.#timer = setInterval(() => this.#resend(), 100);
  }

  /** Settles when it is a member of its room. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onJoined = resolve;
      this.#connect();
    });
  }

  get unacked(): number {
    return this.#due.size;
  }

  send(id: string): void {
    this.#due.set(id, performance.now() + RESEND_AFTER_MS);
    this.#write(id);
  }

  close(): void {
    this.#closing = true;
    clearInterval(this.#timer);
    this.#socket?.terminate();
  }

  #connect(): void {
    const socket = new WebSocket(this.#url, { perMessageDeflate: false, handshakeTimeout: 5_000 });
    this.#socket = socket;
    this.counts.connects++;
    socket.on('error', () => {});
    socket.on('open', () => socket.send(encodeJoin(this.room)));
    socket.on('message', (data) => this.#receive(data.toString()));
    socket.on('close', () => {
      this.#joined = false;
      if (!this.#closing) setTimeout(() => this.#connect(), RECONNECT_MS);
    });
  }

  #receive(text: string): void {
    const frame = parseServerFrame(text);
    if (frame.t === 'message') this.received.push({ id: frame.id, seq: frame.seq });
    else if (frame.t === 'ack') {
      this.acked.add(frame.id);
      this.#due.delete(frame.id);
    } else if (frame.t === 'joined') {
      this.#joined = true;
      this.#onJoined();
      for (const id of this.#due.keys()) this.#due.set(id, 0);
    } else if (frame.t === 'error') {
      this.counts.refused++;
      if (frame.id === null) this.#socket?.terminate();
      else if (this.#due.has(frame.id)) this.#due.set(frame.id, performance.now() + BACK_OFF_MS);
    }
  }

  #resend(): void {
    const now = performance.now();
    for (const [id, dueAt] of this.#due) {
      if (dueAt > now || !this.#joined) continue;
      this.counts.resent++;
      this.#due.set(id, now + RESEND_AFTER_MS);
      this.#write(id);
    }
  }

  #write(id: string): void {
    if (this.#joined) this.#socket?.send(encodeSend(id, this.room, `body of ${id}`));
  }
}
