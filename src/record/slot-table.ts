/**
 * Messages in flight, one slot each, as columns: a slot is taken at send and recycled once nothing more is expected for
 * it. Memory is O(messages in flight); it grows by doubling and is never given back within a run.
 */
export class SlotTable {
  sequence!: Float64Array;
  room!: Uint32Array;
  sender!: Uint32Array;
  intendedAtUs!: Float64Array;
  sentAtUs!: Float64Array;
  /** Recipients that have not got it yet. */
  remaining!: Uint32Array;
  /** 1 while the server's acknowledgement is awaited. */
  ackPending!: Uint8Array;
  /** 1 for a message of the measure phase, 0 for warm-up. */
  measured!: Uint8Array;
  /** `bitWords` words a slot: bit m is set once member m of the room has got the message. */
  receivedBits!: Uint32Array;
  inUse = 0;
  readonly #bitWords: number;
  #free: Uint32Array = new Uint32Array(0);
  #freeCount = 0;

  constructor(roomSize: number, initialCapacity = 1024) {
    this.#bitWords = Math.ceil(roomSize / 32);
    this.#grow(initialCapacity);
  }

  get capacity(): number {
    return this.room.length;
  }

  take(): number {
    if (this.#freeCount === 0) this.#grow(this.capacity * 2);
    this.inUse++;
    return this.#free[--this.#freeCount]!;
  }

  recycle(slot: number): void {
    this.receivedBits.fill(0, slot * this.#bitWords, (slot + 1) * this.#bitWords);
    this.#free[this.#freeCount++] = slot;
    this.inUse--;
  }

  /** Marks member m as having received; false when it had before. */
  markReceived(slot: number, member: number): boolean {
    const word = slot * this.#bitWords + (member >>> 5);
    const bit = 1 << (member & 31);
    const before = this.receivedBits[word]!;
    if ((before & bit) !== 0) return false;
    this.receivedBits[word] = before | bit;
    return true;
  }

  hasReceived(slot: number, member: number): boolean {
    return (this.receivedBits[slot * this.#bitWords + (member >>> 5)]! & (1 << (member & 31))) !== 0;
  }

  #grow(capacity: number): void {
    const before = this.room?.length ?? 0;
    this.sequence = widen(new Float64Array(capacity), this.sequence);
    this.room = widen(new Uint32Array(capacity), this.room);
    this.sender = widen(new Uint32Array(capacity), this.sender);
    this.intendedAtUs = widen(new Float64Array(capacity), this.intendedAtUs);
    this.sentAtUs = widen(new Float64Array(capacity), this.sentAtUs);
    this.remaining = widen(new Uint32Array(capacity), this.remaining);
    this.ackPending = widen(new Uint8Array(capacity), this.ackPending);
    this.measured = widen(new Uint8Array(capacity), this.measured);
    this.receivedBits = widen(new Uint32Array(capacity * this.#bitWords), this.receivedBits);
    this.#free = widen(new Uint32Array(capacity), this.#free);
    for (let slot = capacity - 1; slot >= before; slot--) this.#free[this.#freeCount++] = slot;
  }
}

function widen<T extends Float64Array | Uint32Array | Uint8Array>(target: T, source: T | undefined): T {
  if (source !== undefined) target.set(source);
  return target;
}
