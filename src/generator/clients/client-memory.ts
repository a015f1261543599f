/** What a client keeps of a room so that nothing is lost when its connection is: what it sent, what it could not send, what it has seen. */
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
  /** Behind this position, up to `#highest`, it knows all but `#unseen` messages, which may be its own. */
  #trackedFrom = 0;
  #highest = 0;
  #unseen = 0;
  /**
   * Own messages that lie behind `#trackedFrom`, or will: an acknowledgement does not say that a message has its place yet.
   * Oldest first; of those before them only the count is kept.
   */
  #own: number[] = [];
  #ownBefore = 0;

  /** @param isAwaited whether a message of this client is still to be acknowledged; null where the server never does */
  constructor(isAwaited: ((sequence: number) => boolean) | null) {
    this.#isAwaited = isAwaited;
  }

  get canHold(): boolean {
    return this.hasJoined && this.#held.sequences.length < HELD_LIMIT;
  }

  /** A message goes out. */
  noteSent(sequence: number, payload: number): void {
    if (this.#own.push(sequence) > OWN_LIMIT) this.#ownBefore += this.#own.splice(0, OWN_LIMIT / 2).length;
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
    if (this.missingFrom !== null) return;
    if (!this.#hasGap) this.#explainUnseen();
    this.missingFrom = this.#trackedFrom;
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
    const isFirst = this.#highest === 0;
    this.#unseen += position - this.#highest - 1;
    this.#highest = position;
    // What comes before the first one may be older than the client.
    if (isFirst && this.#hasGap) this.#beginAnew();
    if (this.missingFrom !== null || !this.#hasGap) return false;
    this.missingFrom = this.#trackedFrom;
    return true;
  }

  /** A message is among what has been fetched. Where it is this client's own, it and those before it have their places. */
  notePlaced(sequence: number): void {
    const at = this.#own.indexOf(sequence);
    if (at < 0) return;
    this.#own.splice(0, at + 1);
    this.#ownBefore = 0;
  }

  /** Everything behind `from`, up to `to`, has been fetched; `notePlaced` was told of all of it. */
  noteFetched(from: number, to: number): void {
    if (from <= this.#syncedTo) this.#syncedTo = Math.max(this.#syncedTo, to);
    this.#highest = Math.max(this.#highest, to);
    if (to <= this.#trackedFrom) return;
    this.#trackedFrom = to;
    this.#unseen = 0;
  }

  /** More messages are missing than the client has sent itself, which do not come back to it. */
  get #hasGap(): boolean {
    return this.#unseen > this.#ownBefore + this.#own.length;
  }

  /** What it has not seen is its own, and the oldest of it: places are given in the order of sending. */
  #explainUnseen(): void {
    const before = Math.min(this.#unseen, this.#ownBefore);
    this.#ownBefore -= before;
    this.#own.splice(0, this.#unseen - before);
    this.#trackedFrom = this.#highest;
    this.#unseen = 0;
  }

  /** Nothing is known of what lies before the highest position; own messages that are not acknowledged will lie behind it. */
  #beginAnew(): void {
    this.#trackedFrom = this.#highest;
    this.#unseen = 0;
    this.#own = this.#listAwaited().sequences;
    this.#ownBefore = 0;
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
/** Own messages that can be told among what is fetched. */
const OWN_LIMIT = 1_024;

function add({ sequences, payloads }: Pending, sequence: number, payload: number): void {
  sequences.push(sequence);
  payloads.push(payload);
}

function keepLast({ sequences, payloads }: Pending, count: number): Pending {
  return { sequences: sequences.slice(-count), payloads: payloads.slice(-count) };
}
