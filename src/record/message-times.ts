import { Histogram, mergeSparse, type SparseHistogram } from './histogram.ts';
import type { Ledger } from './ledger.ts';
import type { LoopObserver } from './observers.ts';
import { mergeOwn, OwnedTimes, OwnShareRecorder } from './own-share.ts';
import type { Recording } from './recording.ts';

/**
 * How long messages of measure took, from when they were due and from when they were written, and what of it the generator added. All
 * times are integer µs since run start.
 */
export class MessageTimes {
  readonly #ledger: Ledger;
  readonly #loop: LoopObserver;
  readonly #comeAndGo: boolean;
  readonly #delivery = new Histogram();
  readonly #deliveryOwn = new OwnShareRecorder();
  readonly #service = new OwnedTimes();
  readonly #ack = new OwnedTimes();
  readonly #lateness = new Histogram();
  readonly #fanoutFirst = new OwnedTimes();
  readonly #fanoutMedian = new OwnedTimes();
  readonly #fanoutLast = new OwnedTimes();
  /** Of messages to one recipient, whose first, median and last delivery are one. */
  readonly #toOne = new OwnedTimes();

  /** @param comeAndGo  clients do, so that who is the last to get a message cannot be told */
  constructor(ledger: Ledger, loop: LoopObserver, comeAndGo: boolean) {
    this.#ledger = ledger;
    this.#loop = loop;
    this.#comeAndGo = comeAndGo;
  }

  sent(latenessUs: number): void {
    this.#lateness.record(latenessUs);
  }

  acknowledged(slot: number, ackUs: number, nowUs: number): void {
    const blockedUs = this.#loop.blockedUs(this.#ledger.slots.sentAtUs[slot]!, nowUs);
    this.#ack.record(ackUs, this.#latenessOf(slot) + blockedUs);
  }

  /** What was delivered during a second of the run, all together: to be told of each second once, before `snapshot`. */
  deliveredDuring(delivery: SparseHistogram): void {
    this.#delivery.add(delivery);
  }

  /** What more can be told of a delivery at once, where sender and recipients are all of this shard. */
  deliveredWhole(slot: number, latencyUs: number, nowUs: number): void {
    const { slots } = this.#ledger;
    const sentAtUs = slots.sentAtUs[slot]!;
    const blockedUs = this.#loop.blockedUs(sentAtUs, nowUs);
    const ownUs = this.#latenessOf(slot) + blockedUs;
    this.#service.record(nowUs - sentAtUs, blockedUs);
    if (slots.recipients[slot] === 1 && !this.#comeAndGo) {
      this.#toOne.record(latencyUs, ownUs);
      return;
    }
    this.#deliveryOwn.note(latencyUs, ownUs);
    if (!this.#comeAndGo) this.#recordFanout(slots.recipients[slot]!, slots.remaining[slot]!, latencyUs, ownUs);
  }

  snapshot(): Pick<Recording, 'histograms' | 'own'> {
    const toOne = this.#toOne.snapshot();
    const ownToOne = this.#toOne.ownSnapshot();
    return {
      histograms: {
        delivery: this.#delivery.snapshot(),
        service: this.#service.snapshot(),
        ack: this.#ack.snapshot(),
        lateness: this.#lateness.snapshot(),
        fanoutFirst: mergeSparse(toOne, this.#fanoutFirst.snapshot()),
        fanoutMedian: mergeSparse(toOne, this.#fanoutMedian.snapshot()),
        fanoutLast: mergeSparse(toOne, this.#fanoutLast.snapshot()),
      },
      own: {
        delivery: mergeOwn(ownToOne, this.#deliveryOwn.snapshot()),
        service: this.#service.ownSnapshot(),
        ack: this.#ack.ownSnapshot(),
        fanoutFirst: mergeOwn(ownToOne, this.#fanoutFirst.ownSnapshot()),
        fanoutMedian: mergeOwn(ownToOne, this.#fanoutMedian.ownSnapshot()),
        fanoutLast: mergeOwn(ownToOne, this.#fanoutLast.ownSnapshot()),
      },
    };
  }

  /** What sending the slot's message late has added. One that was held went out late since the target was away. */
  #latenessOf(slot: number): number {
    const { held, sentAtUs, intendedAtUs } = this.#ledger.slots;
    return held[slot] === 1 ? 0 : sentAtUs[slot]! - intendedAtUs[slot]!;
  }

  /** Deliveries come in the order of their time: the first, the ⌈n/2⌉-th and the last of n are told by what remains. */
  #recordFanout(recipients: number, remaining: number, latencyUs: number, ownUs: number): void {
    if (remaining === recipients - 1) this.#fanoutFirst.record(latencyUs, ownUs);
    if (remaining === recipients >>> 1) this.#fanoutMedian.record(latencyUs, ownUs);
    if (remaining === 0) this.#fanoutLast.record(latencyUs, ownUs);
  }
}
