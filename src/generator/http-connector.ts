import type { SendTemplate } from '../protocol/chat-protocol.ts';
import type { Connection, Connector } from './connection.ts';
import { fillTemplate } from './fill-template.ts';
import type { HttpSender } from './http-sender.ts';

/**
 * Connections that receive over their WebSocket and send messages as HTTP requests. The answers may come in another order
 * than the requests went out, and the messages, too.
 *
 * @param onAnswer told once for every message: its sequence, and whether the server took it (2xx)
 */
export function createHttpConnector(
  connector: Connector,
  sender: HttpSender,
  onAnswer: (sequence: number, isTaken: boolean) => void,
): Connector {
  return {
    async connect(opening, timeoutUs, listener) {
      const outcome = await connector.connect(opening, timeoutUs, listener);
      if (outcome.outcome !== 'ok') return outcome;
      return { outcome: 'ok', connection: new HttpConnection(outcome.connection, sender, onAnswer) };
    },
  };
}

class HttpConnection implements Connection {
  readonly #socket: Connection;
  readonly #sender: HttpSender;
  readonly #onAnswer: (sequence: number, isTaken: boolean) => void;

  constructor(socket: Connection, sender: HttpSender, onAnswer: (sequence: number, isTaken: boolean) => void) {
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

  sendText(text: string): void {
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
        this.#onAnswer(sequence, status !== null && status >= 200 && status < 300),
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
