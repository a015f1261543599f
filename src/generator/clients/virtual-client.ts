import type { ChatProtocol, ClientIdentity, SendTemplate } from '../../protocol/chat-protocol.ts';
import type { Connection, OnWrite } from '../connection.ts';
import type { Bodies } from './bodies.ts';
import type { ClientMemory, Pending } from './client-memory.ts';

/** One virtual user: its place in the plan, its connection, and what it is to send at the end of this tick. */
export class VirtualClient {
  identity: ClientIdentity;
  connection: Connection | null = null;
  /** Of one without connection: the target has refused or ended it. */
  isTurnedAway = false;
  /** It has been in its room, and has received a message. */
  hasJoined = false;
  hasReceived = false;
  /** The server has told it to log in again. */
  isLoggedOut = false;
  /** Null where it does not come back from a dropped connection. */
  readonly memory: ClientMemory | null;
  readonly #encode: (identity: ClientIdentity, payload: number) => SendTemplate;
  /** As many templates are kept; null: none. */
  readonly #kept: number | null;
  #templates: readonly SendTemplate[] | null = null;
  readonly #sequences: number[] = [];
  readonly #payloads: number[] = [];

  constructor(
    identity: ClientIdentity,
    protocol: ChatProtocol,
    marker: string,
    bodies: Bodies,
    memory: ClientMemory | null = null,
  ) {
    this.identity = identity;
    this.memory = memory;
    this.#kept = bodies.kept;
    this.#encode = (current, payload) =>
      protocol.encodeSend(current, marker, bodies.bytesOf(payload), bodies.textOf(payload, marker));
  }

  get canSend(): boolean {
    return this.connection?.isOpen === true && this.connection.bufferedBytes < BUFFER_LIMIT_BYTES;
  }

  /** It cannot send, and that is the target's doing. */
  get isShutOut(): boolean {
    return this.connection === null ? this.isTurnedAway : !this.connection.isOpen;
  }

  /** It has no connection, and will send once it has one. */
  get canHold(): boolean {
    return this.memory?.canHold === true && this.connection?.isOpen !== true;
  }

  /** `held-up`: its connection takes no more just now, or it will be back on another one. */
  get readiness(): 'ready' | 'held-up' | 'gone' {
    if (this.canSend || this.canHold) return 'ready';
    return this.connection?.isOpen === true || this.memory?.hasJoined === true ? 'held-up' : 'gone';
  }

  /** From now on it connects to this endpoint. */
  moveTo(endpoint: string): void {
    if (endpoint === this.identity.endpoint) return;
    this.identity = { ...this.identity, endpoint };
    this.#templates = null;
  }

  /** What it sends next is encoded anew: it knows something else than before. */
  forgetTemplates(): void {
    this.#templates = null;
  }

  /** Adds message `sequence` of this shard to the tick; true when it is the tick's first. Only while `canSend`. */
  queue(sequence: number, payload: number): boolean {
    this.memory?.noteSent(sequence, payload);
    this.#payloads.push(payload);
    return this.#sequences.push(sequence) === 1;
  }

  /** Sends what is queued, in one write; yields the bytes that wait in the socket before it. */
  flush(onWrite: OnWrite): number {
    const bufferedBytes = this.connection?.bufferedBytes ?? 0;
    this.#write({ sequences: this.#sequences, payloads: this.#payloads }, onWrite);
    this.#sequences.length = 0;
    this.#payloads.length = 0;
    return bufferedBytes;
  }

  /** Back on a new connection: sends what was never acknowledged again, then what waited. */
  resume(onWrite: OnWrite): void {
    if (this.memory === null) return;
    const { repeated, held } = this.memory.takePending();
    if (repeated.sequences.length > 0) this.#write(repeated, onWrite);
    if (held.sequences.length > 0) this.#write(held, onWrite);
  }

  #write({ sequences, payloads }: Pending, onWrite: OnWrite): void {
    if (this.#kept === null) {
      this.#writeEach(sequences, payloads, onWrite);
      return;
    }
    this.#templates ??= Array.from({ length: this.#kept }, (_, payload) => this.#encode(this.identity, payload));
    this.connection?.sendMessages(this.#templates, this.identity.room, sequences, payloads, onWrite);
  }

  /** Of large bodies each is written before the next one is made. */
  #writeEach(sequences: readonly number[], payloads: readonly number[], onWrite: OnWrite): void {
    for (const [i, sequence] of sequences.entries()) {
      const template = this.#encode(this.identity, payloads[i]!);
      this.connection?.sendMessages([template], this.identity.room, [sequence], [0], onWrite, true);
    }
  }
}

/** Beyond it the server does not take what is sent: further sends are skipped and counted, never queued without end. */
const BUFFER_LIMIT_BYTES = 4 * 1024 * 1024;
