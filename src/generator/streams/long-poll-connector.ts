import type { ClientRequest, IncomingMessage } from 'node:http';
import { bufferOver } from '../../buffer-over.ts';
import type { Opening, Poll, ReceivedPlace } from '../../protocol/chat-protocol.ts';
import type { Connection, ConnectionListener, ConnectOutcome, Connector, Refusal } from '../connection.ts';
import type { HostGuard } from '../hosts/host-guard.ts';
import { LARGEST_READ_BYTES } from '../largest-read.ts';
import { createOpenGet, type OpenGet } from './open-get.ts';
import { explainNoAnswer, readRefusal } from './read-refusal.ts';

/**
 * Clients that ask again and again, each answer being what came meanwhile: a delivery counts when the answer that holds it has arrived.
 * A client is connected once its first request is answered, or the server has held it for a while, as it does where nothing has
 * come; it was from the time when the request was out.
 */
export function createLongPollConnector(sourceAddress: string | null, hosts: HostGuard): Connector {
  const openGet = createOpenGet(sourceAddress, hosts, true);
  return {
    connect(opening, timeoutUs, listener) {
      const connection = new LongPoll(openGet, opening, listener);
      return connection.open(timeoutUs / 1000);
    },
  };
}

/** A server that would refuse has done so by then. */
const HELD_MS = 250;

class LongPoll implements Connection {
  readonly bufferedBytes = 0;
  readonly #openGet: OpenGet;
  readonly #opening: Opening;
  readonly #poll: Poll;
  readonly #place: ReceivedPlace;
  readonly #listener: ConnectionListener;
  readonly #opened = Promise.withResolvers<ConnectOutcome>();
  #request: ClientRequest | null = null;
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #isPaused = false;

  constructor(openGet: OpenGet, opening: Opening, listener: ConnectionListener) {
    this.#openGet = openGet;
    this.#opening = opening;
    this.#poll = opening.poll!;
    this.#place = opening.place ?? { id: null, retryUs: 0 };
    this.#listener = listener;
  }

  /** Settles with how the first request went. */
  async open(timeoutMs: number): Promise<ConnectOutcome> {
    const timer = setTimeout(() => this.#fail({ outcome: 'timeout', detail: 'no answer' }), timeoutMs);
    this.#ask(() => {
      // It is out: what comes of it comes soon, or with the first message.
      clearTimeout(timer);
      setTimeout(() => this.#succeed(HELD_MS * 1000), HELD_MS);
    });
    const outcome = await this.#opened.promise;
    clearTimeout(timer);
    return outcome;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Nothing goes this way: a description that sends is refused before. */
  sendText(): void {}
  sendPing(): void {}
  sendMessages(): void {}

  pauseReading(): void {
    this.#isPaused = true;
  }

  resumeReading(): void {
    const wasPaused = this.#isPaused;
    this.#isPaused = false;
    if (wasPaused && this.#request === null) this.#ask();
  }

  close(): void {
    this.#state = 'closed';
    this.#request?.destroy();
  }

  #ask(onSent: () => void = () => {}): void {
    if (this.#state === 'closed' || this.#isPaused) return;
    try {
      this.#request = this.#openGet(this.#poll.urlAfter(this.#place.id), this.#opening.headers);
    } catch (error) {
      this.#fail({ outcome: 'refused', detail: (error as Error).message, isOwn: true });
      return;
    }
    this.#request.on('finish', onSent);
    this.#request.on('error', (error) => this.#fail(explainNoAnswer(error)));
    this.#request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) void readRefusal(response).then((refusal) => this.#fail(refusal));
      else this.#read(response);
    });
    this.#request.end();
  }

  #read(response: IncomingMessage): void {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > LARGEST_READ_BYTES) {
        this.#fail({ outcome: 'protocol', detail: `an answer of more than ${LARGEST_READ_BYTES} characters` });
      }
    });
    response.on('error', (error) => this.#fail(explainNoAnswer(error)));
    response.on('end', () => this.#take(text));
  }

  #take(text: string): void {
    if (this.#state === 'closed') return;
    this.#request = null;
    this.#succeed(0);
    try {
      // An answer of nothing is one that says that nothing has come.
      const { messages, place } = text.trim() === '' ? NOTHING : this.#poll.read(text);
      if (place !== null) this.#place.id = place;
      for (const message of messages) this.#listener.onFrame(bufferOver(message));
    } catch (error) {
      this.#fail({
        outcome: 'protocol',
        detail: `not the answer to a poll: ${(error as Error).message.slice(0, 100)}`,
      });
      return;
    }
    this.#ask();
  }

  #succeed(heldUs: number): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#opened.resolve({ outcome: 'ok', connection: this, heldUs });
  }

  #fail(refusal: Refusal): void {
    const before = this.#state;
    if (before === 'closed') return;
    this.#state = 'closed';
    this.#request?.destroy();
    if (before === 'opening') this.#opened.resolve(refusal);
    else this.#listener.onClose(`${refusal.outcome}: ${refusal.detail}`, refusal.answer?.status);
  }
}

const NOTHING = { messages: [], place: null } as const;
