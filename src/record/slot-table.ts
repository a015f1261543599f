import { BitArena } from './bit-arena.ts';
import { NO_SLOT } from './in-flight-index.ts';

/** When a message was written that still waits at the generator: later than any time. */
export const UNWRITTEN_US = Number.POSITIVE_INFINITY;

/**
 * Messages in flight, one slot each, as columns: a slot is taken when a message is offered and recycled once nothing more is
 * expected for it. Memory is O(messages in flight); it grows by doubling and is never given back within a run.
 *
 * A recycled slot keeps its columns until the next one is taken: whoever was handed it may still read them.
 */
export class SlotTable {
  sequence!: Float64Array;
  room!: Uint32Array;
  sender!: Uint32Array;
  intendedAtUs!: Float64Array;
  /** `UNWRITTEN_US` while it waits at the generator. */
  sentAtUs!: Float64Array;
  /** Recipients, as many as there were when it was offered, and those of them that have not got it yet. */
  recipients!: Uint32Array;
  remaining!: Uint32Array;
  /** 1 while the server's acknowledgement is awaited. */
  ackPending!: Uint8Array;
  /** 1 for a message of the measure phase, 0 for warm-up. */
  measured!: Uint8Array;
  /** 1 for a message that waits, or waited, for its sender's connection to come back. */
  held!: Uint8Array;
  /** 1 for a message that a client of another shard sends. */
  isForeign!: Uint8Array;
  inUse = 0;
  /** Of the same sender, the messages in flight that were offered before and after; `NO_SLOT` at either end. */
  #older!: Int32Array;
  #newer!: Int32Array;
  /** By sender: its latest message in flight. */
  #latest: Int32Array = new Int32Array(0);
  /** Members of the message's room. */
  #members!: Uint32Array;
  /** Members that have got it, and those that were pushed a later message of the same sender before. */
  #received!: Uint32Array;
  #overtaken!: Uint32Array;
  readonly #sets = new BitArena();
  #free: Uint32Array = new Uint32Array(0);
  #freeCount = 0;

  constructor(initialCapacity = 1024) {
    this.#grow(initialCapacity);
  }

  get capacity(): number {
    return this.room.length;
  }

  /** @param members of the message's room: recipients are told apart by their position among them */
  take(sender: number, members: number): number {
    if (this.#freeCount === 0) this.#grow(this.capacity * 2);
    const slot = this.#free[--this.#freeCount]!;
    this.inUse++;
    this.sender[slot] = sender;
    this.#members[slot] = members;
    this.#received[slot] = this.#sets.take(members);
    this.#overtaken[slot] = NO_SET;
    if (sender >= this.#latest.length) this.#admitSender(sender);
    const older = this.#latest[sender]!;
    this.#older[slot] = older;
    this.#newer[slot] = NO_SLOT;
    if (older !== NO_SLOT) this.#newer[older] = slot;
    this.#latest[sender] = slot;
    return slot;
  }

  recycle(slot: number): void {
    const members = this.#members[slot]!;
    const overtaken = this.#overtaken[slot]!;
    this.#sets.giveBack(this.#received[slot]!, members);
    if (overtaken !== NO_SET) this.#sets.giveBack(overtaken, members);
    const older = this.#older[slot]!;
    const newer = this.#newer[slot]!;
    if (older !== NO_SLOT) this.#newer[older] = newer;
    if (newer !== NO_SLOT) this.#older[newer] = older;
    else this.#latest[this.sender[slot]!] = older;
    this.#free[this.#freeCount++] = slot;
    this.inUse--;
  }

  /** Marks this member as having received; false when it had before. */
  markReceived(slot: number, member: number): boolean {
    return this.#sets.add(this.#received[slot]!, member);
  }

  hasReceived(slot: number, member: number): boolean {
    return this.#sets.has(this.#received[slot]!, member);
  }

  /** A later message of the same sender reached this member before. */
  markOvertaken(slot: number, member: number): void {
    if (this.#overtaken[slot] === NO_SET) this.#overtaken[slot] = this.#sets.take(this.#members[slot]!);
    this.#sets.add(this.#overtaken[slot]!, member);
  }

  isOvertaken(slot: number, member: number): boolean {
    const overtaken = this.#overtaken[slot]!;
    return overtaken !== NO_SET && this.#sets.has(overtaken, member);
  }

  /** The message in flight that the same sender offered before this one; `NO_SLOT`: there is none. */
  olderOf(slot: number): number {
    return this.#older[slot]!;
  }

  /** The latest message in flight of this sender; `NO_SLOT`: there is none. */
  latestOf(sender: number): number {
    return sender < this.#latest.length ? this.#latest[sender]! : NO_SLOT;
  }

  #admitSender(sender: number): void {
    const before = this.#latest.length;
    this.#latest = widen(new Int32Array(Math.max(1024, 2 * before, sender + 1)), this.#latest);
    this.#latest.fill(NO_SLOT, before);
  }

  #grow(capacity: number): void {
    const before = this.room?.length ?? 0;
    this.sequence = widen(new Float64Array(capacity), this.sequence);
    this.room = widen(new Uint32Array(capacity), this.room);
    this.sender = widen(new Uint32Array(capacity), this.sender);
    this.intendedAtUs = widen(new Float64Array(capacity), this.intendedAtUs);
    this.sentAtUs = widen(new Float64Array(capacity), this.sentAtUs);
    this.recipients = widen(new Uint32Array(capacity), this.recipients);
    this.remaining = widen(new Uint32Array(capacity), this.remaining);
    this.ackPending = widen(new Uint8Array(capacity), this.ackPending);
    this.measured = widen(new Uint8Array(capacity), this.measured);
    this.held = widen(new Uint8Array(capacity), this.held);
    this.isForeign = widen(new Uint8Array(capacity), this.isForeign);
    this.#older = widen(new Int32Array(capacity), this.#older);
    this.#newer = widen(new Int32Array(capacity), this.#newer);
    this.#members = widen(new Uint32Array(capacity), this.#members);
    this.#received = widen(new Uint32Array(capacity), this.#received);
    this.#overtaken = widen(new Uint32Array(capacity), this.#overtaken);
    this.#free = widen(new Uint32Array(capacity), this.#free);
    for (let slot = capacity - 1; slot >= before; slot--) this.#free[this.#freeCount++] = slot;
  }
}

const NO_SET = 2 ** 32 - 1;

function widen<T extends Float64Array | Uint32Array | Int32Array | Uint8Array>(target: T, source: T | undefined): T {
  if (source !== undefined) target.set(source);
  return target;
}
