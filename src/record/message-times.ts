import { Histogram } from './histogram.ts';
import type { Ledger } from './ledger.ts';
import type { LoopObserver } from './observers.ts';
import { OwnShareRecorder } from './own-share.ts';
import { OWNED_METRICS, type OwnedMetric, type Recording } from './recording.ts';

/**
 * How long messages of measure took, from when they were due and from when they were written, and what of it the generator added. All
 * times are integer µs since run start.
 */
export class MessageTimes {
  readonly #ledger: Ledger;
  readonly #loop: LoopObserver;
  readonly #comeAndGo: boolean;
  readonly #delivery = new Histogram();
  readonly #service = new Histogram();
  readonly #ack = new Histogram();
  readonly #lateness = new Histogram();
  readonly #fanoutFirst = new Histogram();
  readonly #fanoutMedian = new Histogram();
  readonly #fanoutLast = new Histogram();
  readonly #own = mapOwned(() => new OwnShareRecorder());

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
    this.#ack.record(ackUs);
    this.#own.ack.note(ackUs, this.#ownUs(slot, nowUs));
  }

  delivered(latencyUs: number): void {
    this.#delivery.record(latencyUs);
  }

  /** What more can be told of a delivery at once, where sender and recipients are all of this shard. */
  deliveredWhole(slot: number, room: number, latencyUs: number, nowUs: number): void {
    const { slots } = this.#ledger;
    this.#service.record(nowUs - slots.sentAtUs[slot]!);
    const ownUs = this.#ownUs(slot, nowUs);
    this.#noteOwn(slot, latencyUs, ownUs);
    if (this.#comeAndGo) return;
    const recipients = this.#ledger.recipients.countOf(room, slots.sender[slot]!);
    this.#recordFanout(recipients, slots.remaining[slot]!, latencyUs, ownUs);
  }

  snapshot(): Pick<Recording, 'histograms' | 'own'> {
    return {
      histograms: {
        delivery: this.#delivery.snapshot(),
        service: this.#service.snapshot(),
        ack: this.#ack.snapshot(),
        lateness: this.#lateness.snapshot(),
        fanoutFirst: this.#fanoutFirst.snapshot(),
        fanoutMedian: this.#fanoutMedian.snapshot(),
        fanoutLast: this.#fanoutLast.snapshot(),
      },
      own: mapOwned((name) => this.#own[name].snapshot()),
    };
  }

  /** Of the time since the slot's message was due, what the generator has added: by sending it late, and by reading late. */
  #ownUs(slot: number, nowUs: number): number {
    const { slots } = this.#ledger;
    const sentAtUs = slots.sentAtUs[slot]!;
    // One that was held went out late since the target was away.
    const latenessUs = slots.held[slot] === 1 ? 0 : sentAtUs - slots.intendedAtUs[slot]!;
    return latenessUs + this.#loop.blockedUs(sentAtUs, nowUs);
  }

  #noteOwn(slot: number, latencyUs: number, ownUs: number): void {
    const { intendedAtUs, sentAtUs } = this.#ledger.slots;
    const waitedUs = sentAtUs[slot]! - intendedAtUs[slot]!;
    this.#own.delivery.note(latencyUs, ownUs);
    this.#own.service.note(latencyUs - waitedUs, ownUs - waitedUs);
  }

  /** Deliveries come in the order of their time: the first, the ⌈n/2⌉-th and the last of n are told by what remains. */
  #recordFanout(recipients: number, remaining: number, latencyUs: number, ownUs: number): void {
    if (remaining === recipients - 1) this.#recordFanoutOf(this.#fanoutFirst, this.#own.fanoutFirst, latencyUs, ownUs);
    if (remaining === recipients >>> 1) {
      this.#recordFanoutOf(this.#fanoutMedian, this.#own.fanoutMedian, latencyUs, ownUs);
    }
    if (remaining === 0) this.#recordFanoutOf(this.#fanoutLast, this.#own.fanoutLast, latencyUs, ownUs);
  }

  #recordFanoutOf(histogram: Histogram, own: OwnShareRecorder, latencyUs: number, ownUs: number): void {
    histogram.record(latencyUs);
    own.note(latencyUs, ownUs);
  }
}

function mapOwned<Value>(yieldValue: (name: OwnedMetric) => Value): Readonly<Record<OwnedMetric, Value>> {
  return Object.fromEntries(OWNED_METRICS.map((name) => [name, yieldValue(name)])) as Record<OwnedMetric, Value>;
}
