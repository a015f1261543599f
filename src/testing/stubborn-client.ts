import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { encodeJoin, encodeSend } from '../cluster/wire/client-frame.ts';
import { parseServerFrame } from '../cluster/wire/server-frame.ts';

/** A message is sent again when its acknowledgement is this late, or at once after a reconnect. */
const RESEND_AFTER_MS = 2_000;
/** After a refusal. */
const BACK_OFF_MS = 200;
const RECONNECT_MS = 50;
/** A gateway whose database connections have been broken answers again within moments. */
const HISTORY_ATTEMPTS = 50;
const HISTORY_RETRY_MS = 200;
const PAGE = 1_000;

/** A message as a recipient identifies it. */
export interface NumberedMessage {
  readonly id: string;
  readonly seq: number;
}

/**
 * A client of the reference cluster as a good one behaves: it connects again when its connection breaks, sends each message
 * again by its id until it is acknowledged, keeps what it received, and asks its gateway for what it did not.
 */
export class StubbornClient {
  readonly room: string;
  /** Received, with repetitions, in order. */
  readonly received: NumberedMessage[] = [];
  /** What its gateway had to tell when it asked for what it lacked, its own messages among them. */
  readonly found: NumberedMessage[] = [];
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

  /**
   * Asks its gateway for everything from the first number on that it has not received. That may be one of its own messages,
   * which it is never told the numbers of. Rejects where the gateway does not answer.
   */
  async fillGaps(): Promise<void> {
    let after = firstLacking(this.received) - 1;
    for (;;) {
      const page = await this.#ask(after);
      const last = page.at(-1);
      if (last === undefined) return;
      if (last.seq <= after) throw new Error(`${this.room}: asked for numbers above ${after}, got ${last.seq}`);
      this.found.push(...page);
      after = last.seq;
    }
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

  async #ask(after: number): Promise<readonly NumberedMessage[]> {
    const { host } = new URL(this.#url);
    const address = `http://${host}/rooms/${encodeURIComponent(this.room)}/messages?after=${after}&limit=${PAGE}`;
    let reason: unknown;
    for (let attempt = 1; attempt <= HISTORY_ATTEMPTS; attempt++) {
      try {
        const response = await fetch(address);
        const content = (await response.json()) as { readonly messages: readonly NumberedMessage[] };
        if (response.ok) return content.messages;
        reason = content;
      } catch (error) {
        reason = error;
      }
      await sleep(HISTORY_RETRY_MS);
    }
    throw new Error(`no history from ${address}`, { cause: reason });
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

/** The lowest number, from 1, that none of them has. */
function firstLacking(messages: readonly NumberedMessage[]): number {
  const numbers = new Set(messages.map(({ seq }) => seq));
  let number = 1;
  while (numbers.has(number)) number++;
  return number;
}
