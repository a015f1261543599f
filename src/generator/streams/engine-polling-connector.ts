import type { Opening, SendTemplate } from '../../protocol/chat-protocol.ts';
import type { Connection, ConnectionListener, ConnectOutcome, Connector, OnWrite, Refusal } from '../connection.ts';
import type { HostGuard } from '../hosts/host-guard.ts';
import { fillTemplate } from '../http/fill-template.ts';
import { LARGEST_READ_BYTES } from '../largest-read.ts';
import { describeBody } from '../socket/describe-end.ts';
import { createPollingRequests, type PollingRequests } from './polling-requests.ts';

/**
 * Clients that speak Engine.IO, protocol 4, by long polling: a GET is always open, whose answer is what came meanwhile, and what they send
 * goes by POST, one at a time. A frame is a packet, so that it is the same as over a WebSocket. A packet counts as written when its
 * POST goes out.
 */
export function createEnginePollingConnector(sourceAddress: string | null, hosts: HostGuard): Connector {
  const requests = createPollingRequests(sourceAddress, hosts);
  return {
    connect: (opening, timeoutUs, listener) => new EnginePolling(requests, opening, listener).open(timeoutUs / 1000),
  };
}

/** What is to be sent. */
interface Packet {
  readonly bytes: Buffer;
  /** Its POST goes out. */
  onWrite?(): void;
}

/** Between the packets of a body. */
const SEPARATOR = Buffer.from('\x1e');
const TYPE = { open: 0x30, close: 0x31, ping: 0x32, pong: 0x33, noop: 0x36 } as const;
/** Unless the server says otherwise: largest body of a POST, and its pace of pings and its patience for their answers. */
const DEFAULTS = { maxPayload: 1_000_000, pingInterval: 25_000, pingTimeout: 20_000 };

class EnginePolling implements Connection {
  readonly #requests: PollingRequests;
  readonly #opening: Opening;
  readonly #listener: ConnectionListener;
  readonly #opened = Promise.withResolvers<ConnectOutcome>();
  readonly #stop = new AbortController();
  readonly #cookies = new Map<string, string>();
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #url: string;
  #limits = DEFAULTS;
  #waiting: Packet[] = [];
  #waitingBytes = 0;
  #isPosting = false;
  #isPolling = false;
  #isPaused = false;

  constructor(requests: PollingRequests, opening: Opening, listener: ConnectionListener) {
    this.#requests = requests;
    this.#opening = opening;
    this.#listener = listener;
    this.#url = opening.url;
  }

  /** Settles with how the handshake went. */
  async open(timeoutMs: number): Promise<ConnectOutcome> {
    const timer = setTimeout(() => this.#fail({ outcome: 'timeout', detail: 'no answer' }), timeoutMs);
    void this.#shakeHands(timeoutMs);
    const outcome = await this.#opened.promise;
    clearTimeout(timer);
    return outcome;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get bufferedBytes(): number {
    return this.#waitingBytes;
  }

  sendText(text: string | Uint8Array, isBinary = false): void {
    const bytes = Buffer.from(text);
    this.#send({ bytes: isBinary ? Buffer.from(`b${bytes.toString('base64')}`) : bytes });
  }

  /** There are none on this way: it is the server that pings. */
  sendPing(): void {}

  sendMessages(
    templates: readonly SendTemplate[],
    room: number,
    sequences: readonly number[],
    payloads: readonly number[],
    onWrite: OnWrite,
  ): void {
    for (const [i, sequence] of sequences.entries()) {
      const bytes = fillTemplate(templates[payloads[i]!]!, sequence, room);
      this.#send({ bytes, onWrite: () => onWrite([sequence]) });
    }
  }

  pauseReading(): void {
    this.#isPaused = true;
  }

  resumeReading(): void {
    this.#isPaused = false;
    void this.#poll();
  }

  /** What waits is not sent any more. */
  close(): void {
    if (this.#state === 'open') void this.#requests.send(this.#url, this.#headers(), Buffer.from([TYPE.close]));
    this.#state = 'closed';
    this.#stop.abort();
  }

  async #shakeHands(timeoutMs: number): Promise<void> {
    const answer = await this.#ask(null, timeoutMs);
    if (answer === null) return;
    const [first = '', ...others] = answer.split(SEPARATOR.toString());
    const session = readSession(first);
    if (session === null) {
      this.#fail({ outcome: 'protocol', detail: 'the answer is no handshake of Engine.IO' });
      return;
    }
    const url = new URL(this.#url);
    url.searchParams.set('sid', session.sid);
    this.#url = url.href;
    this.#limits = { ...DEFAULTS, ...session.limits };
    this.#state = 'open';
    this.#opened.resolve({ outcome: 'ok', connection: this });
    this.#take([first, ...others]);
    void this.#poll();
  }

  async #poll(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    while (this.#state === 'open' && !this.#isPaused) {
      const answer = await this.#ask(null, this.#limits.pingInterval + this.#limits.pingTimeout);
      if (answer !== null) this.#take(answer.split(SEPARATOR.toString()));
    }
    this.#isPolling = false;
  }

  #take(packets: readonly string[]): void {
    for (const packet of packets) {
      if (this.#state !== 'open') return;
      const type = packet.charCodeAt(0);
      if (type === TYPE.close) this.#fail({ outcome: 'closed', detail: 'the server closed' });
      else if (packet !== '' && !(type === TYPE.noop && packet.length === 1))
        this.#listener.onFrame(Buffer.from(packet));
    }
  }

  #send(packet: Packet): void {
    if (this.#state !== 'open') return;
    this.#waiting.push(packet);
    this.#waitingBytes += packet.bytes.length;
    if (!this.#isPosting) void this.#post();
  }

  async #post(): Promise<void> {
    this.#isPosting = true;
    // What else is sent in the same turn goes along.
    await Promise.resolve();
    while (this.#state === 'open' && this.#waiting.length > 0) {
      const packets = this.#takeBatch();
      for (const { onWrite } of packets) onWrite?.();
      const body = Buffer.concat(packets.flatMap(({ bytes }, i) => (i === 0 ? [bytes] : [SEPARATOR, bytes])));
      await this.#ask(body, this.#limits.pingInterval + this.#limits.pingTimeout);
    }
    this.#isPosting = false;
  }

  /** As much as the server takes at once, and at least one packet. */
  #takeBatch(): readonly Packet[] {
    let bytes = 0;
    let count = 0;
    for (const packet of this.#waiting) {
      const more = packet.bytes.length + (count === 0 ? 0 : SEPARATOR.length);
      if (count > 0 && bytes + more > this.#limits.maxPayload) break;
      bytes += more;
      count++;
    }
    const batch = this.#waiting.splice(0, count);
    this.#waitingBytes -= batch.reduce((sum, packet) => sum + packet.bytes.length, 0);
    return batch;
  }

  /**
   * The text of an answer; null where there is none, of which the listener is told.
   *
   * @param body  null: GET
   */
  async #ask(body: Buffer | null, timeoutMs: number): Promise<string | null> {
    const answer = await this.#requests.ask(this.#url, this.#headers(), body, timeoutMs, this.#stop.signal);
    if (this.#state === 'closed') return null;
    if ('outcome' in answer) {
      this.#fail(answer);
      return null;
    }
    for (const cookie of answer.cookies) {
      const [, name, value] = /^\s*([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined) this.#cookies.set(name, value ?? '');
    }
    const { status, text } = answer;
    if (status === 200 && text.length <= LARGEST_READ_BYTES) return text;
    this.#fail(
      status === 200
        ? { outcome: 'protocol', detail: `an answer of more than ${LARGEST_READ_BYTES} characters` }
        : {
            outcome: 'refused',
            detail: `HTTP status ${status}${describeBody(text)}`,
            answer: { status, location: answer.location },
          },
    );
    return null;
  }

  /** Balancers keep a client at one server by a cookie of theirs. */
  #headers(): Readonly<Record<string, string>> {
    const { headers } = this.#opening;
    if (this.#cookies.size === 0) return headers;
    const own = Object.keys(headers).find((name) => name.toLowerCase() === 'cookie');
    const given = own === undefined ? [] : [headers[own]!];
    const cookie = [...given, ...[...this.#cookies].map(([name, value]) => `${name}=${value}`)].join('; ');
    return { ...headers, [own ?? 'Cookie']: cookie };
  }

  #fail(refusal: Refusal): void {
    const before = this.#state;
    if (before === 'closed') return;
    this.#state = 'closed';
    this.#stop.abort();
    if (before === 'opening') this.#opened.resolve(refusal);
    else this.#listener.onClose(`${refusal.outcome}: ${refusal.detail}`, refusal.answer?.status);
  }
}

/** Null where the packet opens no session. */
function readSession(packet: string) {
  if (packet.charCodeAt(0) !== TYPE.open) return null;
  try {
    const told = JSON.parse(packet.slice(1)) as Partial<Record<string, unknown>>;
    const limits = Object.fromEntries(
      Object.keys(DEFAULTS).flatMap((name) => {
        const value = told[name];
        return typeof value === 'number' && value > 0 ? [[name, value]] : [];
      }),
    ) as Partial<typeof DEFAULTS>;
    return typeof told.sid === 'string' ? { sid: told.sid, limits } : null;
  } catch {
    return null;
  }
}
