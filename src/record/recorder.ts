import type { Audience } from './audience.ts';
import { type Breakdown, BreakdownRecorder } from './breakdown-recorder.ts';
import { GroupRecorder } from './group-recorder.ts';
import { Histogram } from './histogram.ts';
import type { HopRecorders } from './hops.ts';
import { NO_SLOT } from './in-flight-index.ts';
import type { RawInterval } from './interval-series.ts';
import { IntervalSeries } from './interval-series.ts';
import { Ledger } from './ledger.ts';
import type { LimiterAudit } from './limiter-audit.ts';
import { MessageTimes } from './message-times.ts';
import type { LoopObserver, Observers } from './observers.ts';
import type { PostRecorder } from './post-recorder.ts';
import type { Recording } from './recording.ts';
import { RefusalCounter } from './refusal-counts.ts';
import type { LedgersSoFar } from './samples.ts';
import type { SlowestMessages } from './slowest-messages.ts';
import type { UnsentMessages } from './split-log.ts';
import { type ForeignMessage, SplitMessages } from './split-messages.ts';

/**
 * Every event of a message, turned into figures: ledger, histograms and seconds. All times are integer µs since run start.
 * Warm-up is audited and drawn in the series, and left out of every histogram.
 *
 * A message is `offer`ed when it is due, and `wrote` tells when it goes out, whichever way that is; `delivered`, `acknowledged` and
 * the others tell what became of it. In between it may have to wait: for a free connection, which is lateness, or, `held`,
 * for its own to come back, which is the server's outage.
 */
export class Recorder {
  readonly ledger: Ledger;
  readonly series: IntervalSeries;
  readonly #times: MessageTimes;
  readonly #breakdowns: BreakdownRecorder;
  readonly #hops: HopRecorders | null;
  readonly #limiter: LimiterAudit | null;
  readonly #groups: GroupRecorder | null;
  readonly #posts: PostRecorder | null;
  readonly #split: SplitMessages | null;
  readonly #slowest: SlowestMessages | null;
  readonly #refusals = new RefusalCounter();
  readonly #errors = new RefusalCounter();
  readonly #deliveryTimeoutUs: number;
  /** Called when a message has reached all its recipients. */
  onComplete: ((sender: number, sequence: number) => void) | null = null;

  constructor(
    audience: Audience,
    deliveryTimeoutUs: number,
    emitInterval: (interval: RawInterval, ledgers: LedgersSoFar) => void,
    breakdowns: readonly Breakdown[] = [],
    hops: HopRecorders | null = null,
    { limiter = null, posts = null, loop, drainThrottledUs = null, split = null, slowest = null }: Observers = {},
  ) {
    this.#hops = hops;
    this.#limiter = limiter;
    this.#groups = audience.groups ? new GroupRecorder(audience.groups) : null;
    this.#posts = posts;
    this.#slowest = slowest;
    const observedLoop = loop ?? NEVER_BLOCKED;
    this.ledger = new Ledger(audience, (slot, deliveries) => this.#awaitFewer(slot, deliveries));
    this.#times = new MessageTimes(this.ledger, observedLoop, audience.comeAndGo ?? false);
    this.#split = split === null ? null : new SplitMessages(split, this.ledger, observedLoop);
    this.#breakdowns = new BreakdownRecorder(breakdowns);
    this.#deliveryTimeoutUs = deliveryTimeoutUs;
    this.series = new IntervalSeries(
      (interval) => {
        split?.tick(interval.second);
        this.#times.deliveredDuring(interval.delivery);
        emitInterval(interval, this.auditSoFar((interval.second + 1) * 1_000_000));
      },
      () => this.ledger.inFlight,
      () => observedLoop.drainDelay(),
      drainThrottledUs ?? undefined,
    );
  }

  /**
   * A message is due and can be sent; yields its sequence, which must be in the frame.
   *
   * @param number in the plan, where rooms are split; there it is the sequence
   */
  offer(room: number, sender: number, intendedAtUs: number, nowUs: number, measured: boolean, number?: number): number {
    this.series.advanceTo(nowUs);
    this.series.offered++;
    const recipients = this.ledger.recipients.countOf(room, sender);
    if (measured) this.series.due.await(intendedAtUs, recipients);
    return this.ledger.offer(room, sender, intendedAtUs, measured, number, recipients);
  }

  /** A client of another shard is to send a message about now, and members of a room that is split are to get it. */
  expect({ number, room, sender, intendedAtUs, measured }: ForeignMessage, nowUs: number): void {
    this.series.advanceTo(nowUs);
    if (this.#split?.isUnsent(number, sender) === true) return;
    const recipients = this.ledger.recipients.countOf(room, sender);
    if (measured) this.series.due.await(intendedAtUs, recipients);
    this.ledger.expect(room, sender, intendedAtUs, measured, number, recipients);
    for (const early of this.#split?.takeEarly(number) ?? []) {
      this.delivered(number, early.room, early.recipient, early.atUs, NO_FRAME);
    }
  }

  /** A message of a room that is split was due at a client of this shard, and was not sent: nobody waits for it elsewhere. */
  unsent(number: number): void {
    this.#split?.unsend(number);
  }

  /** From this message on none comes due here any more. */
  endSplit(number: number): void {
    this.#split?.end(number);
  }

  /** Another shard has told what it does not send. */
  withdrawUnsent(told: UnsentMessages): void {
    const split = this.#split;
    if (split === null) return;
    const unsent = new Set(told.numbers);
    split.noteUnsent(told);
    this.ledger.withdrawForeign((number, sender) => unsent.has(number) || split.isBeyondEnd(number, sender));
  }

  /** A message was due and could not be sent. */
  skip(sender: number, nowUs: number, measured: boolean): void {
    this.series.advanceTo(nowUs);
    this.series.offered++;
    this.series.skipped++;
    this.ledger.skip(sender, measured);
  }

  /** A message was due at a client that the target had left no connection. */
  shutOut(sender: number, nowUs: number, measured: boolean): void {
    this.series.advanceTo(nowUs);
    this.series.offered++;
    this.ledger.shutOut(sender, measured);
  }

  /** A message that was offered waits at its sender until the connection is back: sent as far as the generator goes. */
  held(sequence: number, nowUs: number): void {
    const slot = this.ledger.hold(sequence);
    if (slot !== NO_SLOT) this.#noteSent(slot, nowUs);
  }

  /** A message goes out now. What has gone out before is only repeated, and changes nothing. */
  wrote(sequence: number, atUs: number): void {
    const slot = this.ledger.write(sequence, atUs);
    if (slot === NO_SLOT) return;
    const { slots } = this.ledger;
    if (slots.held[slot] === 0) this.#noteSent(slot, atUs);
    if (this.#split?.isSplit(slots.room[slot]!) === true && slots.measured[slot] === 1) this.#split.sent(slot, atUs);
    this.#limiter?.offer(slots.sender[slot]!, atUs);
  }

  /** @param frame is read for stamps */
  delivered(sequence: number, room: number, recipient: number, nowUs: number, frame: Buffer): void {
    this.series.advanceTo(nowUs);
    if (this.#split?.keepsEarly(sequence, room, recipient, nowUs) === true) return;
    const slot = this.ledger.deliver(sequence, room, recipient);
    if (slot === NO_SLOT) return;
    const { slots } = this.ledger;
    // When another shard has sent it is not known here.
    if (this.#hops !== null && slots.measured[slot] === 1 && slots.isForeign[slot] === 0) {
      this.#hops.delivery.record(sequence, frame, slots.intendedAtUs[slot]!, slots.sentAtUs[slot]!, nowUs);
    }
    this.#recordDelivery(slot, room, recipient, nowUs, frame);
  }

  /** The recipient has fetched the message: delivered, and as late as it now is. */
  fetched(sequence: number, room: number, recipient: number, nowUs: number): void {
    this.series.advanceTo(nowUs);
    const slot = this.ledger.recover(sequence, room, recipient);
    if (slot !== NO_SLOT) this.#recordDelivery(slot, room, recipient, nowUs, null);
  }

  /** @param frame is read for stamps; null: acknowledged by something other than a frame */
  acknowledged(sequence: number, nowUs: number, frame: Buffer | null): void {
    const slot = this.ledger.acknowledge(sequence);
    if (slot === NO_SLOT) return;
    const { slots } = this.ledger;
    this.#limiter?.admit(slots.sender[slot]!, slots.sentAtUs[slot]!, nowUs);
    if (slots.measured[slot] !== 1) return;
    const ackUs = nowUs - slots.intendedAtUs[slot]!;
    this.#times.acknowledged(slot, ackUs, nowUs);
    this.#groups?.acknowledged(slots.sender[slot]!, ackUs);
    this.#posts?.answer(slots.sentAtUs[slot]!, nowUs);
    if (frame !== null) {
      this.#hops?.ack.record(sequence, frame, slots.intendedAtUs[slot]!, slots.sentAtUs[slot]!, nowUs);
    }
  }

  /** The server refused the message under this code; null: under none. */
  refused(sequence: number, code: string | null): void {
    if (this.ledger.reject(sequence)) this.#refusals.count(code);
  }

  /** The server told of an error that names no message, in whatever phase. */
  errorSeen(code: string | null): void {
    this.#errors.count(code);
  }

  /** The server's limiter refused the message: nobody is to get it, so that its sender need not wait for that. */
  limited(sequence: number, code: string | null): void {
    const slot = this.ledger.limit(sequence);
    if (slot === NO_SLOT) return;
    if (this.ledger.slots.measured[slot] === 1) this.#refusals.count(code);
    this.onComplete?.(this.ledger.slots.sender[slot]!, sequence);
  }

  /** The audit as it stands at this time; a delivery is overdue once it has taken longer than the delivery timeout. */
  auditSoFar(atUs: number): LedgersSoFar {
    return this.ledger.auditSoFar(atUs - this.#deliveryTimeoutUs);
  }

  /** Closes the books: what has not arrived by now is lost, and what was never written skipped. */
  finish(nowUs: number): Recording {
    this.series.advanceTo(nowUs);
    this.#split?.misrouteEarly();
    const { warmup, measure, unwritten, groups, lostTo } = this.ledger.close();
    this.series.skipped += unwritten;
    this.series.finish();
    this.#split?.close();
    return {
      ...this.#times.snapshot(),
      limiter: this.#limiter?.report() ?? null,
      posts: this.#posts?.report() ?? null,
      groups: this.#groups?.report(groups, lostTo) ?? [],
      ledger: measure,
      refusals: this.#refusals.snapshot(),
      serverErrors: this.#errors.snapshot(),
      warmupLedger: warmup,
      examples: this.ledger.examples,
      hops: this.#hops === null ? [] : [...this.#hops.delivery.snapshot(), ...this.#hops.ack.snapshot()],
      breakdowns: this.#breakdowns.snapshot(),
    };
  }

  #noteSent(slot: number, atUs: number): void {
    const { series } = this;
    const { slots } = this.ledger;
    series.advanceTo(atUs);
    series.sent++;
    const latenessUs = atUs - slots.intendedAtUs[slot]!;
    if (latenessUs > series.latenessMaxUs) series.latenessMaxUs = latenessUs;
    if (slots.measured[slot] === 1) this.#times.sent(latenessUs);
  }

  /** Nobody is to get these any more. */
  #awaitFewer(slot: number, deliveries: number): void {
    const { slots } = this.ledger;
    if (this.#split?.isSplit(slots.room[slot]!) === true && slots.isForeign[slot] === 0) {
      this.#split.unsend(slots.sequence[slot]!);
    }
    if (slots.measured[slot] === 1) this.series.due.await(slots.intendedAtUs[slot]!, -deliveries);
  }

  /** This delivery of the slot's message is the first to this recipient. */
  #recordDelivery(slot: number, room: number, recipient: number, nowUs: number, frame: Buffer | null): void {
    const { ledger, series } = this;
    const { slots } = ledger;
    series.delivered++;
    const latencyUs = nowUs - slots.intendedAtUs[slot]!;
    if (latencyUs > this.#deliveryTimeoutUs) ledger.countLate(slot);
    if (slots.measured[slot] === 1) {
      series.due.record(slots.intendedAtUs[slot]!, latencyUs);
      if (this.#split?.isSplit(room) === true) this.#split.received(slot, nowUs);
      else {
        this.#times.deliveredWhole(slot, latencyUs, nowUs);
        if (slots.remaining[slot] === 0) this.#keepIfSlow(slot, latencyUs, frame);
      }
      this.#groups?.delivered(slots.sender[slot]!, recipient, latencyUs);
      this.#breakdowns.delivered(room, slots.sender[slot]!, recipient, latencyUs);
    }
    // The one who is told may offer another message, to which the slot may then belong: so this comes last.
    if (slots.remaining[slot] === 0) this.onComplete?.(slots.sender[slot]!, slots.sequence[slot]!);
  }

  /** The slot's message has reached everybody. */
  #keepIfSlow(slot: number, latencyUs: number, frame: Buffer | null): void {
    if (this.#slowest?.admits(latencyUs) !== true) return;
    const { sequence, room, sender, intendedAtUs, sentAtUs } = this.ledger.slots;
    this.#slowest.keep(
      latencyUs,
      sequence[slot]!,
      room[slot]!,
      sender[slot]!,
      intendedAtUs[slot]!,
      sentAtUs[slot]!,
      frame,
    );
  }
}

const NEVER_BLOCKED: LoopObserver = { blockedUs: () => 0, drainDelay: () => NO_DELAY };
const NO_DELAY = new Histogram().snapshot();
const NO_FRAME = Buffer.alloc(0);
