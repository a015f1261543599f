import type { SparseHistogram } from './histogram.ts';
import { Histogram } from './histogram.ts';
import type { Hop } from './samples.ts';

/** How to find out of a frame when its message passed which stations. */
export interface HopReader {
  /**
   * Names of the legs of each way: from the send to the first station, from station to station, and from the last one to here.
   * One more than there are stations.
   */
  readonly legs: Readonly<Record<Hop<unknown>['way'], readonly string[]>>;
  /** Stamps are µs on the machine's monotonic clock modulo this. */
  readonly spanUs: number;
  /** Reads one stamp for each station of the way; false where the frame has none. Called for many frames: no allocation. */
  read(way: Hop<unknown>['way'], frame: Uint8Array, stampsUs: Float64Array): boolean;
}

export interface HopRecorders {
  readonly delivery: HopRecorder;
  readonly ack: HopRecorder;
}

/** What precedes every leg of the reader: the generator's own lateness. */
const GENERATOR = 'generator';

/** Clocks of two processes of one machine are read with an error of some µs; anything beyond this is another machine's clock. */
const CLOCK_ERROR_US = 1_000;

/**
 * The legs of one way, each with its histogram. The legs of a message add up to its latency, also where clocks disagree by
 * some µs: a station then counts as passed no earlier than the one before and no later than the arrival.
 */
export class HopRecorder {
  /** Run start on the machine's monotonic clock, µs. To be set before the first message. */
  originUs = 0;
  readonly #every: number;
  readonly #way: Hop<unknown>['way'];
  readonly #reader: HopReader;
  readonly names: readonly string[];
  readonly #histograms: readonly Histogram[];
  readonly #stampsUs: Float64Array;

  /** @param every records one message in so many, chosen by a hash of its sequence; a measure for the expense only */
  constructor(reader: HopReader, way: Hop<unknown>['way'], every = 1) {
    this.#every = every;
    this.#way = way;
    this.#reader = reader;
    this.names = [GENERATOR, ...reader.legs[way]];
    this.#histograms = this.names.map(() => new Histogram());
    this.#stampsUs = new Float64Array(reader.legs[way].length - 1);
  }

  /** All times in µs since run start. A frame without stamps, or with stamps of another machine, is left out. */
  record(sequence: number, frame: Uint8Array, intendedAtUs: number, sentAtUs: number, nowUs: number): void {
    // Not every n-th: senders take turns, and the same few would always be heard.
    if (this.#every > 1 && (Math.imul(sequence, 0x9e3779b1) >>> 0) % this.#every !== 0) return;
    const stampsUs = this.#stampsUs;
    const totalUs = nowUs - sentAtUs;
    if (!this.#readStations(frame, sentAtUs, totalUs)) return;
    const histograms = this.#histograms;
    histograms[0]!.record(sentAtUs - intendedAtUs);
    let beforeUs = 0;
    for (let station = 0; station < stampsUs.length; station++) {
      const passedUs = stampsUs[station]!;
      histograms[station + 1]!.record(passedUs - beforeUs);
      beforeUs = passedUs;
    }
    histograms[stampsUs.length + 1]!.record(totalUs - beforeUs);
  }

  /** Of any message, whether it is recorded or not; see `LegReader`. */
  readLegs(
    frame: Uint8Array,
    intendedAtUs: number,
    sentAtUs: number,
    nowUs: number,
    legsUs: Float64Array,
    at: number,
  ): boolean {
    const totalUs = nowUs - sentAtUs;
    if (!this.#readStations(frame, sentAtUs, totalUs)) return false;
    const stampsUs = this.#stampsUs;
    legsUs[at] = sentAtUs - intendedAtUs;
    let beforeUs = 0;
    for (let station = 0; station < stampsUs.length; station++) {
      legsUs[at + station + 1] = stampsUs[station]! - beforeUs;
      beforeUs = stampsUs[station]!;
    }
    legsUs[at + stampsUs.length + 1] = totalUs - beforeUs;
    return true;
  }

  /** When each station was passed, µs since the send, none before the one before it and none after the arrival. */
  #readStations(frame: Uint8Array, sentAtUs: number, totalUs: number): boolean {
    const stampsUs = this.#stampsUs;
    if (!this.#reader.read(this.#way, frame, stampsUs)) return false;
    let beforeUs = 0;
    for (let station = 0; station < stampsUs.length; station++) {
      const sinceSendUs = this.#sinceSend(stampsUs[station]!, sentAtUs);
      if (sinceSendUs < -CLOCK_ERROR_US || sinceSendUs > totalUs + CLOCK_ERROR_US) return false;
      beforeUs = Math.min(totalUs, Math.max(beforeUs, sinceSendUs));
      stampsUs[station] = beforeUs;
    }
    return true;
  }

  /** In the order in which a message passes; none where no frame had stamps. */
  snapshot(): readonly Hop<SparseHistogram>[] {
    if (this.#histograms[0]!.count === 0) return [];
    return this.names.map((name, i) => ({ name, way: this.#way, histogram: this.#histograms[i]!.snapshot() }));
  }

  /** Signed: the shorter way round. */
  #sinceSend(stampUs: number, sentAtUs: number): number {
    const { spanUs } = this.#reader;
    const differenceUs = (stampUs - this.originUs - sentAtUs) % spanUs;
    if (differenceUs > spanUs / 2) return differenceUs - spanUs;
    return differenceUs < -spanUs / 2 ? differenceUs + spanUs : differenceUs;
  }
}
