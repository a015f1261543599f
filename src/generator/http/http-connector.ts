import type { SendTemplate } from '../../protocol/chat-protocol.ts';
import type { Connection, Connector } from '../connection.ts';
import { fillTemplate } from './fill-template.ts';
import type { HttpSender } from './http-sender.ts';

/**
 * Connections that receive over their WebSocket and send messages as HTTP requests. The answers may come in another order
 * than the requests went out, and the messages, too.
 *
 * @param onAnswer told once for every message: its sequence, and what became of it
 */
export function createHttpConnector(connector: Connector, sender: HttpSender, onAnswer: OnAnswer): Connector {
  return {
    async connect(opening, timeoutUs, listener) {
      const outcome = await connector.connect(opening, timeoutUs, listener);
      if (outcome.outcome !== 'ok') return outcome;
      return { outcome: 'ok', connection: new HttpConnection(outcome.connection, sender, onAnswer) };
    },
  };
}

/** @param code  why it was refused: "HTTP 503", "no answer" */
export type OnAnswer = (sequence: number, outcome: 'taken' | 'limited' | 'refused', code: string) => void;

/** Any status of 2xx; 429; any other, or no answer at all. */
function outcomeOf(status: number | null): Parameters<OnAnswer>[1] {
  if (status !== null && status >= 200 && status < 300) return 'taken';
  return status === 429 ? 'limited' : 'refused';
}

class HttpConnection implements Connection {
  readonly #socket: Connection;
  readonly #sender: HttpSender;
  readonly #onAnswer: OnAnswer;

  constructor(socket: Connection, sender: HttpSender, onAnswer: OnAnswer) {
    this.#socket = socket;
    this.#sender = sender;
    this.#onAnswer = onAnswer;
  }

  get isOpen(): boolean {
    return this.#socket.isOpen;
  }

  /** Without end where too many requests wait: what is due is then skipped and counted. */
  get bufferedBytes(): number {
    return this.#sender.canSend ? this.#socket.bufferedBytes : Number.POSITIVE_INFINITY;
  }

  sendText(text: string | Buffer): void {
    this.#socket.sendText(text);
  }

  sendPing(): void {
    this.#socket.sendPing();
  }

  sendMessages(
    templates: readonly SendTemplate[],
    room: number,
    sequences: readonly number[],
    payloads: readonly number[],
  ): void {
    for (const [i, sequence] of sequences.entries()) {
      const template = templates[payloads[i]!]!;
      this.#sender.send(template.request!, fillTemplate(template, sequence, room), (status) =>
        this.#onAnswer(sequence, outcomeOf(status), status === null ? 'no answer' : `HTTP ${status}`),
      );
    }
  }

  pauseReading(): void {
    this.#socket.pauseReading();
  }

  resumeReading(): void {
    this.#socket.resumeReading();
  }

  close(): void {
    this.#socket.close();
  }
}
