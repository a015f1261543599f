import type { ChatProtocol, ClientIdentity, SendTemplate } from '../../protocol/chat-protocol.ts';
import type { Connection, OnWrite } from '../connection.ts';
import type { Bodies } from './bodies.ts';
import type { ClientMemory } from './client-memory.ts';

/** Whose a seat is. */
export interface SeatOwner {
  /** In the first of its rooms. */
  readonly identity: ClientIdentity;
  readonly connection: Connection | null;
  readonly canSend: boolean;
  /** It cannot send, and that is the target's doing. */
  readonly isShutOut: boolean;
  hasReceived: boolean;
}

/** What is sent from a seat, with this marker. */
export interface SeatSending {
  readonly protocol: Pick<ChatProtocol, 'encodeSend'>;
  readonly marker: string;
  readonly bodies: Bodies;
}

/** A client's place in one of its rooms: what it is to send there at the end of this tick, and what it has missed of it. */
export class Seat {
  /** In the plan. */
  readonly number: number;
  readonly client: SeatOwner;
  readonly room: number;
  /** Null where the client does not come back from a dropped connection. */
  readonly memory: ClientMemory | null;
  readonly #sending: SeatSending;
  #identity: ClientIdentity | null = null;
  #templates: readonly SendTemplate[] | null = null;
  readonly #sequences: number[] = [];
  readonly #payloads: number[] = [];

  constructor(
    number: number,
    client: SeatOwner,
    room: number,
    sending: SeatSending,
    memory: ClientMemory | null = null,
  ) {
    this.number = number;
    this.client = client;
    this.room = room;
    this.memory = memory;
    this.#sending = sending;
  }

  /** Who the client is in this room. */
  get identity(): ClientIdentity {
    const { identity } = this.client;
    if (identity.room === this.room) return identity;
    this.#identity ??= { ...identity, room: this.room };
    return this.#identity;
  }

  /** Its client has no connection, and will send once it has one. */
  get canHold(): boolean {
    return this.memory?.canHold === true && this.client.connection?.isOpen !== true;
  }

  /** `held-up`: its connection takes no more just now, or it will be back on another one. */
  get readiness(): 'ready' | 'held-up' | 'gone' {
    if (this.client.canSend || this.canHold) return 'ready';
    return this.client.connection?.isOpen === true || this.memory?.hasJoined === true ? 'held-up' : 'gone';
  }

  /** What is sent next is encoded anew: its client is another, or knows something else than before. */
  forgetTemplates(): void {
    this.#identity = null;
    this.#templates = null;
  }

  /** Adds message `sequence` of this shard to the tick; true when it is the tick's first. Only while the client can send. */
  queue(sequence: number, payload: number): boolean {
    this.memory?.noteSent(sequence, payload);
    this.#payloads.push(payload);
    return this.#sequences.push(sequence) === 1;
  }

  /** Sends what is queued, in one write; yields the bytes that wait in the socket before it. */
  flush(onWrite: OnWrite): number {
    const bufferedBytes = this.client.connection?.bufferedBytes ?? 0;
    this.#write(this.#sequences, this.#payloads, onWrite);
    this.#sequences.length = 0;
    this.#payloads.length = 0;
    return bufferedBytes;
  }

  /** Back on a new connection: sends what was never acknowledged again, then what waited. */
  resume(onWrite: OnWrite): void {
    if (this.memory === null) return;
    const { repeated, held } = this.memory.takePending();
    if (repeated.sequences.length > 0) this.#write(repeated.sequences, repeated.payloads, onWrite);
    if (held.sequences.length > 0) this.#write(held.sequences, held.payloads, onWrite);
  }

  #write(sequences: readonly number[], payloads: readonly number[], onWrite: OnWrite): void {
    const { kept } = this.#sending.bodies;
    if (kept === null) {
      this.#writeEach(sequences, payloads, onWrite);
      return;
    }
    this.#templates ??= Array.from({ length: kept }, (_, payload) => this.#encode(payload));
    this.client.connection?.sendMessages(this.#templates, this.room, sequences, payloads, onWrite);
  }

  /** Of large bodies each is written before the next one is made. */
  #writeEach(sequences: readonly number[], payloads: readonly number[], onWrite: OnWrite): void {
    for (const [i, sequence] of sequences.entries()) {
      const template = this.#encode(payloads[i]!);
      this.client.connection?.sendMessages([template], this.room, [sequence], [0], onWrite, true);
    }
  }

  #encode(payload: number): SendTemplate {
    const { protocol, marker, bodies } = this.#sending;
    return protocol.encodeSend(this.identity, marker, bodies.bytesOf(payload), bodies.textOf(payload, marker));
  }
}
