/** What a client keeps so that nothing is lost when its connection is: what it sent, what it could not send, what it has seen. */
export class ClientMemory {
  /** It has been in its room once, and so has something to come back to. */
  hasJoined = false;
  /** Messages behind this position of the room may be missing; null: none is known to be. */
  missingFrom: number | null = null;
  readonly #isAwaited: ((sequence: number) => boolean) | null;
  #sent: Pending = { sequences: [], payloads: [] };
  #held: Pending = { sequences: [], payloads: [] };
  /** Up to here the client has fetched everything, from the beginning of the room. */
  #syncedTo = 0;
  /** Behind this position, up to `#highest`, it knows all but `#unseen` messages, of which `#own` may be its own. */
  #trackedFrom = 0;
  #highest = 0;
  #unseen = 0;
  #own = 0;

  /** @param isAwaited whether a message of this client is still to be acknowledged; null where the server never does */
  constructor(isAwaited: ((sequence: number) => boolean) | null) {
    this.#isAwaited = isAwaited;
  }

  get canHold(): boolean {
    return this.hasJoined && this.#held.sequences.length < HELD_LIMIT;
  }

  /** A message goes out. */
  noteSent(sequence: number, payload: number): void {
    this.#own++;
    if (this.#isAwaited === null) return;
    add(this.#sent, sequence, payload);
    if (this.#sent.sequences.length > SENT_LIMIT) this.#sent = keepLast(this.#listAwaited(), SENT_LIMIT / 2);
  }

  /** A message waits for the connection. Only while `canHold`. */
  hold(sequence: number, payload: number): void {
    add(this.#held, sequence, payload);
  }

  /** What is to go out now that the connection is back: first what was never acknowledged, then what waited. */
  takePending(): { readonly repeated: Pending; readonly held: Pending } {
    const repeated = this.#listAwaited();
    const held = this.#held;
    this.#sent = { sequences: [...repeated.sequences], payloads: [...repeated.payloads] };
    this.#held = { sequences: [], payloads: [] };
    for (const [i, sequence] of held.sequences.entries()) this.noteSent(sequence, held.payloads[i]!);
    return { repeated, held };
  }

  /** The connection is gone: what comes from now on passes the client by. */
  noteDropped(): void {
    this.missingFrom ??= this.#hasGap ? this.#trackedFrom : this.#highest;
  }

  /** Something of its room has not arrived; where it stands is not known. */
  noteOverdue(): void {
    this.missingFrom ??= this.#syncedTo;
  }

  /**
   * A message at this position of the room was received.
   *
   * @returns true where one before it is now known to be missing
   */
  see(position: number): boolean {
    if (position <= this.#highest) return false;
    // What comes before the first one may be older than the client.
    if (this.#highest === 0) this.#track(position);
    else this.#unseen += position - this.#highest - 1;
    this.#highest = position;
    if (this.missingFrom !== null || !this.#hasGap) return false;
    this.missingFrom = this.#trackedFrom;
    return true;
  }

  /** Everything behind `from`, up to `to`, has been fetched. */
  noteFetched(from: number, to: number): void {
    if (from <= this.#syncedTo) this.#syncedTo = Math.max(this.#syncedTo, to);
    this.#highest = Math.max(this.#highest, to);
    this.#track(to);
  }

  /** More messages are missing than the client has sent itself, which do not come back to it. */
  get #hasGap(): boolean {
    return this.#unseen > this.#own;
  }

  #track(from: number): void {
    this.#trackedFrom = from;
    this.#unseen = 0;
    // Those under way get their positions only later: counted as own, they cannot be taken for a gap.
    this.#own = this.#listAwaited().sequences.length;
  }

  #listAwaited(): Pending {
    const awaited: Pending = { sequences: [], payloads: [] };
    for (const [i, sequence] of this.#sent.sequences.entries()) {
      if (this.#isAwaited?.(sequence)) add(awaited, sequence, this.#sent.payloads[i]!);
    }
    return awaited;
  }
}

/** Messages of one client, oldest first. */
export interface Pending {
  readonly sequences: number[];
  readonly payloads: number[];
}

/** Beyond it further messages are skipped. */
const HELD_LIMIT = 1_000;
/** Sent messages that are kept until they are acknowledged. */
const SENT_LIMIT = 256;

function add({ sequences, payloads }: Pending, sequence: number, payload: number): void {
  sequences.push(sequence);
  payloads.push(payload);
}

function keepLast({ sequences, payloads }: Pending, count: number): Pending {
  return { sequences: sequences.slice(-count), payloads: payloads.slice(-count) };
}
