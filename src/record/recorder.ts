import { AheadOfPlan } from './ahead-of-plan.ts';
import { GroupRecorder, type RecordedGroup } from './group-recorder.ts';
import type { SparseHistogram } from './histogram.ts';
import { Histogram } from './histogram.ts';
import type { HopRecorders } from './hops.ts';
import { NO_SLOT } from './in-flight-index.ts';
import type { RawInterval } from './interval-series.ts';
import { IntervalSeries } from './interval-series.ts';
import type { Audience } from './ledger.ts';
import { Ledger } from './ledger.ts';
import type { LimiterAudit } from './limiter-audit.ts';
import type { MetricName } from './metric-names.ts';
import { type OwnShare, OwnShareRecorder } from './own-share.ts';
import type { PostRecorder } from './post-recorder.ts';
import { RefusalCounter } from './refusal-counts.ts';
import type {
  Hop,
  LedgerCounts,
  LedgersSoFar,
  LimiterReport,
  MessageExample,
  PostReport,
  RefusalCount,
} from './samples.ts';
import type { SlowestMessages } from './slowest-messages.ts';
import type { SplitLog, UnsentMessages } from './split-log.ts';

/** What one shard recorded of its messages; see `Samples` for the merged and encoded form. */
export interface Recording {
  readonly histograms: Readonly<
    Record<Exclude<MetricName, 'connect' | 'connectService' | 'reconnect' | 'login'>, SparseHistogram>
  >;
  readonly own: Readonly<Record<OwnedMetric, OwnShare<SparseHistogram>>>;
  readonly limiter: LimiterReport | null;
  readonly posts: PostReport<SparseHistogram> | null;
  readonly groups: readonly RecordedGroup[];
  readonly ledger: LedgerCounts;
  readonly refusals: readonly RefusalCount[];
  readonly serverErrors: readonly RefusalCount[];
  readonly warmupLedger: LedgerCounts;
  readonly examples: readonly MessageExample[];
  readonly breakdowns: Readonly<Record<string, SparseHistogram>>;
  readonly hops: readonly Hop<SparseHistogram>[];
}

/** Times of messages that the generator may add to, by sending late or by reading late. */
const OWNED_METRICS = ['delivery', 'service', 'ack', 'fanoutFirst', 'fanoutMedian', 'fanoutLast'] as const;
type OwnedMetric = (typeof OWNED_METRICS)[number];

/**
 * What deliveries are told apart by, besides all of them together. Each answers with one of its labels' positions; −1: that is not
 * known of this one.
 */
export interface Breakdown {
  readonly labels: readonly string[];
  classify(room: number, sender: number, recipient: number): number;
}

/** Who is told of writes and acknowledgements besides; null: nobody. */
export interface Observers {
  readonly limiter?: LimiterAudit | null;
  /** Messages are HTTP requests, and their acknowledgements the answers. */
  readonly posts?: PostRecorder | null;
  /** Keeps the slowest messages of measure. */
  readonly slowest?: SlowestMessages | null;
  /** How long the event loop may have been blocked since a time, and what it did; null: it never is. */
  readonly loop?: LoopObserver | null;
  /** For how long a CPU quota stopped this process since it was last asked, µs; null: there is none. */
  readonly drainThrottledUs?: (() => number) | null;
  /** Of messages in rooms that are split over shards; null: none is. */
  readonly split?: SplitLog | null;
}

/** All times are µs since run start. */
export interface LoopObserver {
  /** How much of the time from `sinceUs` to now nothing may have been read, at most, µs. */
  blockedUs(sinceUs: number, nowUs: number): number;
  /** Its delays since this was last asked. */
  drainDelay(): SparseHistogram;
}

const NEVER_BLOCKED: LoopObserver = { blockedUs: () => 0, drainDelay: () => NO_DELAY };
const NO_DELAY = new Histogram().snapshot();

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
  readonly #delivery = new Histogram();
  readonly #service = new Histogram();
  readonly #ack = new Histogram();
  readonly #lateness = new Histogram();
  readonly #fanoutFirst = new Histogram();
  readonly #fanoutMedian = new Histogram();
  readonly #fanoutLast = new Histogram();
  readonly #own = mapOwned(() => new OwnShareRecorder());
  readonly #loop: LoopObserver;
  readonly #breakdowns: readonly { readonly by: Breakdown; readonly histograms: readonly Histogram[] }[];
  readonly #hops: HopRecorders | null;
  readonly #limiter: LimiterAudit | null;
  readonly #groups: GroupRecorder | null;
  readonly #posts: PostRecorder | null;
  readonly #split: SplitLog | null;
  readonly #ahead = new AheadOfPlan();
  readonly #slowest: SlowestMessages | null;
  readonly #refusals = new RefusalCounter();
  readonly #errors = new RefusalCounter();
  readonly #deliveryTimeoutUs: number;
  readonly #comeAndGo: boolean;
  /** Called when a message has reached all its recipients. */
  onComplete: ((sender: number, sequence: number) => void) | null = null;

  constructor(
    audience: Audience,
    deliveryTimeoutUs: number,
    emitInterval: (interval: RawInterval, ledgers: LedgersSoFar) => void,
    breakdowns: readonly Breakdown[] = [],
    hops: HopRecorders | null = null,
    {
      limiter = null,
      posts = null,
      loop = null,
      drainThrottledUs = null,
      split = null,
      slowest = null,
    }: Observers = {},
  ) {
    this.#hops = hops;
    this.#split = split;
    this.#limiter = limiter;
    this.#groups = audience.groups ? new GroupRecorder(audience.groups) : null;
    this.#posts = posts;
    this.#slowest = slowest;
    this.#loop = loop ?? NEVER_BLOCKED;
    this.ledger = new Ledger(audience, (slot, deliveries) => this.#awaitFewer(slot, deliveries));
    this.#breakdowns = breakdowns.map((by) => ({ by, histograms: by.labels.map(() => new Histogram()) }));
    this.#deliveryTimeoutUs = deliveryTimeoutUs;
    this.#comeAndGo = audience.comeAndGo ?? false;
    this.series = new IntervalSeries(
      (interval) => {
        split?.tick(interval.second);
        emitInterval(interval, this.auditSoFar((interval.second + 1) * 1_000_000));
      },
      () => this.ledger.inFlight,
      () => this.#loop.drainDelay(),
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
    if (measured) this.series.due.await(intendedAtUs, this.ledger.recipientsOf(room, sender));
    return this.ledger.offer(room, sender, intendedAtUs, measured, number);
  }

  /** A client of another shard is to send a message about now, and members of a room that is split are to get it. */
  expect({ number, room, sender, intendedAtUs, measured }: ForeignMessage, nowUs: number): void {
    this.series.advanceTo(nowUs);
    if (this.#ahead.takeUnsent(number) || this.#isBeyondEnd(number, sender)) return;
    if (measured) this.series.due.await(intendedAtUs, this.ledger.recipientsOf(room, sender));
    this.ledger.expect(room, sender, intendedAtUs, measured, number);
    for (const { room: its, recipient, atUs } of this.#ahead.takeDeliveries(number)) {
      this.delivered(number, its, recipient, atUs, NO_FRAME);
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
    const unsent = new Set(told.numbers);
    this.#ahead.noteUnsent(told, this.ledger.nextSequence);
    this.ledger.withdrawForeign((number, sender) => unsent.has(number) || this.#isBeyondEnd(number, sender));
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
    if (this.#split?.isSplit(slots.room[slot]!) === true && slots.measured[slot] === 1) this.#tellSent(slot, atUs);
    this.#limiter?.offer(slots.sender[slot]!, atUs);
  }

  /** @param frame is read for stamps */
  delivered(sequence: number, room: number, recipient: number, nowUs: number, frame: Buffer): void {
    this.series.advanceTo(nowUs);
    if (this.#split !== null && sequence >= this.ledger.nextSequence && this.#split.isSplit(room)) {
      this.#ahead.keep(sequence, { room, recipient, atUs: nowUs });
      return;
    }
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
    this.#ack.record(ackUs);
    this.#groups?.acknowledged(slots.sender[slot]!, ackUs);
    this.#own.ack.note(ackUs, this.#ownUs(slot, nowUs));
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
    this.#closeEarly();
    const { warmup, measure, unwritten, groups, lostTo } = this.ledger.close();
    this.series.skipped += unwritten;
    this.series.finish();
    if (this.#split !== null) this.#split.close(this.#listMissing());
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
      limiter: this.#limiter?.report() ?? null,
      posts: this.#posts?.report() ?? null,
      groups: this.#groups?.report(groups, lostTo) ?? [],
      ledger: measure,
      refusals: this.#refusals.snapshot(),
      serverErrors: this.#errors.snapshot(),
      warmupLedger: warmup,
      examples: this.ledger.examples,
      hops: this.#hops === null ? [] : [...this.#hops.delivery.snapshot(), ...this.#hops.ack.snapshot()],
      breakdowns: Object.fromEntries(
        this.#breakdowns.flatMap(({ by, histograms }) =>
          by.labels.map((label, position) => [label, histograms[position]!.snapshot()] as const),
        ),
      ),
    };
  }

  #noteSent(slot: number, atUs: number): void {
    const { series } = this;
    const { slots } = this.ledger;
    series.advanceTo(atUs);
    series.sent++;
    const latenessUs = atUs - slots.intendedAtUs[slot]!;
    if (latenessUs > series.latenessMaxUs) series.latenessMaxUs = latenessUs;
    if (slots.measured[slot] === 1) this.#lateness.record(latenessUs);
  }

  #isBeyondEnd(number: number, sender: number): boolean {
    const split = this.#split;
    return split !== null && this.#ahead.isBeyondEnd(number, () => split.shardOf(sender));
  }

  #tellSent(slot: number, atUs: number): void {
    const { room, sequence, intendedAtUs, held } = this.ledger.slots;
    const ownUs = held[slot] === 1 ? 0 : atUs - intendedAtUs[slot]!;
    this.#split?.send(sequence[slot]!, room[slot]!, intendedAtUs[slot]!, atUs, ownUs);
  }

  /** What nobody had to expect to the end is no message of this run. */
  #closeEarly(): void {
    for (const { number, room, recipient } of this.#ahead.drain()) this.ledger.misroute(room, recipient, number);
  }

  #listMissing(): Float64Array {
    const rows: number[] = [];
    for (const { sequence, sender, deliveries, measured } of this.ledger.listMissing()) {
      rows.push(sequence, deliveries, measured ? 1 : 0, this.#split?.shardOf(sender) ?? 0);
    }
    return Float64Array.from(rows);
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
      this.#delivery.record(latencyUs);
      if (this.#split?.isSplit(room) === true) {
        // Where the sender is elsewhere, it is since it was due: what is not read before it is sent delays nothing, and is rare.
        const blockedUs = this.#loop.blockedUs(slots.sentAtUs[slot]!, nowUs);
        this.#split.receive(slots.sequence[slot]!, nowUs, blockedUs);
      } else this.#recordWhole(slot, room, latencyUs, nowUs);
      this.#groups?.delivered(slots.sender[slot]!, recipient, latencyUs);
      if (slots.remaining[slot] === 0 && this.#split?.isSplit(room) !== true && this.#slowest?.admits(latencyUs)) {
        const sentAtUs = slots.sentAtUs[slot]!;
        this.#slowest.keep(
          latencyUs,
          slots.sequence[slot]!,
          room,
          slots.sender[slot]!,
          slots.intendedAtUs[slot]!,
          sentAtUs,
          frame,
        );
      }
      for (const { by, histograms } of this.#breakdowns) {
        histograms[by.classify(room, slots.sender[slot]!, recipient)]?.record(latencyUs);
      }
    }
    // The one who is told may offer another message, to which the slot may then belong: so this comes last.
    if (slots.remaining[slot] === 0) this.onComplete?.(slots.sender[slot]!, slots.sequence[slot]!);
  }

  /** What can be told at once where sender and recipients are all of this shard. */
  #recordWhole(slot: number, room: number, latencyUs: number, nowUs: number): void {
    const { slots } = this.ledger;
    this.#service.record(nowUs - slots.sentAtUs[slot]!);
    const ownUs = this.#ownUs(slot, nowUs);
    this.#noteOwn(slot, latencyUs, ownUs);
    if (this.#comeAndGo) return;
    const recipients = this.ledger.recipientsOf(room, slots.sender[slot]!);
    this.#recordFanout(recipients, slots.remaining[slot]!, latencyUs, ownUs);
  }

  /** Of the time since the slot's message was due, what the generator has added: by sending it late, and by reading late. */
  #ownUs(slot: number, nowUs: number): number {
    const sentAtUs = this.ledger.slots.sentAtUs[slot]!;
    // One that was held went out late since the target was away.
    const latenessUs = this.ledger.slots.held[slot] === 1 ? 0 : sentAtUs - this.ledger.slots.intendedAtUs[slot]!;
    return latenessUs + this.#loop.blockedUs(sentAtUs, nowUs);
  }

  #noteOwn(slot: number, latencyUs: number, ownUs: number): void {
    const { intendedAtUs, sentAtUs } = this.ledger.slots;
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

/** A message that a client of another shard sends. */
export interface ForeignMessage {
  /** In the plan. */
  readonly number: number;
  readonly room: number;
  readonly sender: number;
  readonly intendedAtUs: number;
  readonly measured: boolean;
}

const NO_FRAME = Buffer.alloc(0);

function mapOwned<Value>(yieldValue: (name: OwnedMetric) => Value): Readonly<Record<OwnedMetric, Value>> {
  return Object.fromEntries(OWNED_METRICS.map((name) => [name, yieldValue(name)])) as Record<OwnedMetric, Value>;
}
