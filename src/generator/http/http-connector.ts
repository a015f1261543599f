import type { SendTemplate } from '../../protocol/chat-protocol.ts';
import type { Connection, Connector, OnWrite } from '../connection.ts';
import { fillTemplate } from './fill-template.ts';
import type { HttpSender } from './http-sender.ts';

/**
 * Connections that receive over their WebSocket and send messages as HTTP requests. The answers may come in another order
 * than the requests went out, and the messages, too.
 */
export function createHttpConnector(connector: Connector, sender: HttpSender, listener: AnswerListener): Connector {
  return {
    async connect(opening, timeoutUs, frames) {
      const outcome = await connector.connect(opening, timeoutUs, frames);
      if (outcome.outcome !== 'ok') return outcome;
      return { ...outcome, connection: new HttpConnection(outcome.connection, sender, listener) };
    },
  };
}

export interface AnswerListener {
  /**
   * Told once of each message what became of it.
   *
   * @param status null: there was no answer
   * @param text the answer in words: "HTTP 503", "no answer", or why its host must not be loaded
   */
  onAnswer(sequence: number, outcome: AnswerOutcome, status: number | null, text: string): void;
}

export type AnswerOutcome = 'taken' | 'limited' | 'refused';

/** Any status of 2xx; 429; any other, or no answer at all. */
function outcomeOf(status: number | null): AnswerOutcome {
  if (status !== null && status >= 200 && status < 300) return 'taken';
  return status === 429 ? 'limited' : 'refused';
}

class HttpConnection implements Connection {
  readonly #socket: Connection;
  readonly #sender: HttpSender;
  readonly #listener: AnswerListener;

  constructor(socket: Connection, sender: HttpSender, listener: AnswerListener) {
    this.#socket = socket;
    this.#sender = sender;
    this.#listener = listener;
  }

  get isOpen(): boolean {
    return this.#socket.isOpen;
  }

  /** Without end where too many requests wait: what is due is then skipped and counted. */
  get bufferedBytes(): number {
    return this.#sender.canSend ? this.#socket.bufferedBytes : Number.POSITIVE_INFINITY;
  }

  sendText(text: string | Uint8Array, isBinary?: boolean): void {
    this.#socket.sendText(text, isBinary);
  }

  sendPing(): void {
    this.#socket.sendPing();
  }

  sendMessages(
    templates: readonly SendTemplate[],
    room: number,
    sequences: readonly number[],
    payloads: readonly number[],
    onWrite: OnWrite,
  ): void {
    for (const [i, sequence] of sequences.entries()) {
      const template = templates[payloads[i]!]!;
      this.#sender.send(template.request!, sequence, fillTemplate(template, sequence, room), {
        onDispatch: () => onWrite([sequence]),
        onAnswer: (status, refusal) => {
          const text = refusal ?? (status === null ? 'no answer' : `HTTP ${status}`);
          this.#listener.onAnswer(sequence, outcomeOf(status), status, text);
        },
      });
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
