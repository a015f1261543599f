import type { ChatProtocol, ClientIdentity, SendTemplate } from '../protocol/chat-protocol.ts';
import type { Connection } from './connection.ts';

/** One virtual user: its place in the plan, its connection, and what it is to send at the end of this tick. */
export class VirtualClient {
  readonly identity: ClientIdentity;
  connection: Connection | null = null;
  readonly #encode: () => readonly SendTemplate[];
  #templates: readonly SendTemplate[] | null = null;
  readonly #sequences: number[] = [];
  readonly #payloads: number[] = [];

  /** @param payloadBytes sizes of bodies, in the order of the load's `payloads` */
  constructor(identity: ClientIdentity, protocol: ChatProtocol, marker: string, payloadBytes: readonly number[]) {
    this.identity = identity;
    this.#encode = () => payloadBytes.map((bytes) => protocol.encodeSend(identity, marker, bytes));
  }

  get canSend(): boolean {
    return this.connection?.isOpen === true && this.connection.bufferedBytes < BUFFER_LIMIT_BYTES;
  }

  /** Adds message `sequence` of this shard to the tick; true when it is the tick's first. Only while `canSend`. */
  queue(sequence: number, payload: number): boolean {
    this.#payloads.push(payload);
    return this.#sequences.push(sequence) === 1;
  }

  /** Sends what is queued, in one write; yields the bytes that wait in the socket before it. */
  flush(): number {
    const { connection } = this;
    const bufferedBytes = connection?.bufferedBytes ?? 0;
    this.#templates ??= this.#encode();
    connection?.sendMessages(this.#templates, this.identity.room, this.#sequences, this.#payloads);
    this.#sequences.length = 0;
    this.#payloads.length = 0;
    return bufferedBytes;
  }
}

/** Beyond it the server does not take what is sent: further sends are skipped and counted, never queued without end. */
const BUFFER_LIMIT_BYTES = 4 * 1024 * 1024;
