import { AheadOfPlan } from './ahead-of-plan.ts';
import type { Ledger } from './ledger.ts';
import type { LoopObserver } from './observers.ts';
import type { SplitLog, UnsentMessages } from './split-log.ts';

/** A message that a client of another shard sends. */
export interface ForeignMessage {
  /** In the plan. */
  readonly number: number;
  readonly room: number;
  readonly sender: number;
  readonly intendedAtUs: number;
  readonly measured: boolean;
}

/** Messages in rooms that are split over shards: what this shard tells the others of them, and what it knows before their turn. */
export class SplitMessages {
  readonly #log: SplitLog;
  readonly #ledger: Ledger;
  readonly #loop: LoopObserver;
  readonly #ahead = new AheadOfPlan();

  constructor(log: SplitLog, ledger: Ledger, loop: LoopObserver) {
    this.#log = log;
    this.#ledger = ledger;
    this.#loop = loop;
  }

  isSplit(room: number): boolean {
    return this.#log.isSplit(room);
  }

  /** Another shard has told that this message is not sent. Asked once of each, when its turn has come. */
  isUnsent(number: number, sender: number): boolean {
    return this.#ahead.takeUnsent(number) || this.isBeyondEnd(number, sender);
  }

  /** It would come after the last one that its sender's shard sends. */
  isBeyondEnd(number: number, sender: number): boolean {
    return this.#ahead.isBeyondEnd(number, () => this.#log.shardOf(sender));
  }

  /** A delivery in such a room of a message whose turn has not come here is kept until it does. False: it is none. */
  keepsEarly(number: number, room: number, recipient: number, atUs: number): boolean {
    if (number < this.#ledger.nextSequence || !this.#log.isSplit(room)) return false;
    this.#ahead.keep(number, { room, recipient, atUs });
    return true;
  }

  /** What has arrived of a message whose turn has come. */
  takeEarly(number: number): ReturnType<AheadOfPlan['takeDeliveries']> {
    return this.#ahead.takeDeliveries(number);
  }

  noteUnsent(told: UnsentMessages): void {
    this.#ahead.noteUnsent(told, this.#ledger.nextSequence);
  }

  /** A message of this shard was not sent, or nobody is to get it any more. */
  unsend(number: number): void {
    this.#log.unsend(number);
  }

  /** From this message on none comes due here any more. */
  end(number: number): void {
    this.#log.end(number);
  }

  /** The slot's message was written; of rooms that are split, and of measure. */
  sent(slot: number, atUs: number): void {
    const { room, sequence, intendedAtUs, held } = this.#ledger.slots;
    const ownUs = held[slot] === 1 ? 0 : atUs - intendedAtUs[slot]!;
    this.#log.send(sequence[slot]!, room[slot]!, intendedAtUs[slot]!, atUs, ownUs);
  }

  received(slot: number, nowUs: number): void {
    const { sequence, sentAtUs } = this.#ledger.slots;
    // Where the sender is elsewhere, it is since it was due: what is not read before it is sent delays nothing, and is rare.
    this.#log.receive(sequence[slot]!, nowUs, this.#loop.blockedUs(sentAtUs[slot]!, nowUs));
  }

  /** Deliveries of messages whose turn never came: what nobody had to expect to the end is no message of this run. */
  misrouteEarly(): void {
    for (const { number, room, recipient } of this.#ahead.drain()) this.#ledger.misroute(room, recipient, number);
  }

  /** The books are closed: the others are told what is missing. */
  close(): void {
    const rows: number[] = [];
    for (const { sequence, sender, deliveries, measured } of this.#ledger.listMissing()) {
      rows.push(sequence, deliveries, measured ? 1 : 0, this.#log.shardOf(sender));
    }
    this.#log.close(Float64Array.from(rows));
  }
}
