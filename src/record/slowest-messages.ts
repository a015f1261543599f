import type { SlowestReport, SlowMessage } from './samples.ts';

/** Who reads where a slow message's time went; see `HopRecorder.readLegs`. */
export interface LegReader {
  /** Known for certain once a frame was read. */
  readonly names: readonly string[];
  /** Most names that there can be. */
  readonly width: number;
  /** Writes as many times as there are names at this place, µs; false where the frame does not tell. No allocation. */
  readLegs(
    frame: Uint8Array,
    intendedAtUs: number,
    sentAtUs: number,
    nowUs: number,
    legsUs: Float64Array,
    at: number,
  ): boolean;
}

/**
 * The slowest messages of a shard by their last delivery: a heap of so many, the fastest of them on top, so that nearly every message costs
 * one comparison, and none an allocation. Of equally slow ones those that came first stay.
 */
export class SlowestMessages {
  /** µs since the epoch at the start of the run. To be set before the first message. */
  epochUs = 0;
  readonly #limit: number;
  readonly #legs: LegReader | null;
  /** Rows of the columns below, as a heap. */
  readonly #heap: Int32Array;
  readonly #latencyUs: Float64Array;
  readonly #intendedAtUs: Float64Array;
  readonly #sequence: Float64Array;
  readonly #room: Float64Array;
  readonly #sender: Float64Array;
  readonly #legsUs: Float64Array;
  /** Places of a row in it. */
  readonly #width: number;
  readonly #hasLegs: Uint8Array;
  #count = 0;

  /** @param limit how many, 0 for none */
  constructor(limit: number, legs: LegReader | null = null) {
    this.#limit = limit;
    this.#width = legs?.width ?? 0;
    this.#legs = legs;
    this.#heap = new Int32Array(limit);
    this.#latencyUs = new Float64Array(limit);
    this.#intendedAtUs = new Float64Array(limit);
    this.#sequence = new Float64Array(limit);
    this.#room = new Float64Array(limit);
    this.#sender = new Float64Array(limit);
    this.#legsUs = new Float64Array(limit * this.#width);
    this.#hasLegs = new Uint8Array(limit);
  }

  /** Whether a message that took so long is one of them. */
  admits(latencyUs: number): boolean {
    if (this.#count < this.#limit) return true;
    return this.#limit > 0 && latencyUs > this.#latencyUs[this.#heap[0]!]!;
  }

  /** Of one that is admitted. @param frame is read for stamps; null: there is none */
  keep(
    latencyUs: number,
    sequence: number,
    room: number,
    sender: number,
    intendedAtUs: number,
    sentAtUs: number,
    frame: Uint8Array | null,
  ): void {
    const isFull = this.#count === this.#limit;
    const row = isFull ? this.#heap[0]! : this.#count;
    this.#latencyUs[row] = latencyUs;
    this.#sequence[row] = sequence;
    this.#room[row] = room;
    this.#sender[row] = sender;
    this.#intendedAtUs[row] = intendedAtUs;
    const legs = this.#legs;
    const nowUs = intendedAtUs + latencyUs;
    const hasLegs =
      legs !== null &&
      frame !== null &&
      legs.readLegs(frame, intendedAtUs, sentAtUs, nowUs, this.#legsUs, row * this.#width);
    this.#hasLegs[row] = hasLegs ? 1 : 0;
    if (isFull) this.#siftDown();
    else this.#siftUp(row);
  }

  /** The slowest first. @param traceOf the trace of a message of this shard */
  report(shard: number, isTraced: boolean, traceOf: (sequence: number) => TraceIds): SlowestReport {
    const messages = Array.from({ length: this.#count }, (_, row) => this.#read(row, shard, traceOf));
    return { limit: this.#limit, isTraced, messages: messages.sort(compareSlow) };
  }

  #read(row: number, shard: number, traceOf: (sequence: number) => TraceIds): SlowMessage {
    const sequence = this.#sequence[row]!;
    const intendedAtUs = this.#intendedAtUs[row]!;
    const names = this.#hasLegs[row] === 1 ? this.#legs!.names : [];
    return {
      ...traceOf(sequence),
      latencyUs: this.#latencyUs[row]!,
      intendedAtUs,
      epochUs: Math.round(this.epochUs + intendedAtUs),
      shard,
      sequence,
      room: this.#room[row]!,
      sender: this.#sender[row]!,
      hops: names.map((name, leg) => ({ name, us: Math.round(this.#legsUs[row * this.#width + leg]!) })),
    };
  }

  #siftUp(row: number): void {
    const heap = this.#heap;
    let at = this.#count++;
    for (; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (this.#latencyUs[heap[parent]!]! <= this.#latencyUs[row]!) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = row;
  }

  /** The row on top has a new value. */
  #siftDown(): void {
    const heap = this.#heap;
    const row = heap[0]!;
    const latencyUs = this.#latencyUs[row]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#count) break;
      if (child + 1 < this.#count && this.#latencyUs[heap[child + 1]!]! < this.#latencyUs[heap[child]!]!) child++;
      if (this.#latencyUs[heap[child]!]! >= latencyUs) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = row;
  }
}

/** Of W3C Trace Context, lower-case hexadecimal: 32 digits, and 16. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** A total order: whatever the grouping, the same are the slowest. */
function compareSlow(one: SlowMessage, other: SlowMessage): number {
  return (
    other.latencyUs - one.latencyUs ||
    one.intendedAtUs - other.intendedAtUs ||
    one.shard - other.shard ||
    one.sequence - other.sequence
  );
}

/** Of the slowest of each, the slowest of all. Null: nobody kept any. */
export function mergeSlowest(a: SlowestReport | null, b: SlowestReport | null): SlowestReport | null {
  if (a === null || b === null) return a ?? b;
  const limit = Math.max(a.limit, b.limit);
  return {
    limit,
    isTraced: a.isTraced || b.isTraced,
    messages: [...a.messages, ...b.messages].sort(compareSlow).slice(0, limit),
  };
}
