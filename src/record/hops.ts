import { mostOf } from '../extremes.ts';
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
  /**
   * Further sets of legs of each way, of a server that has other stations where it is set up otherwise. Which set a target has is told by
   * the first frame that can be read: no two of a way are equally long.
   */
  readonly otherLegs?: Readonly<Record<Hop<unknown>['way'], readonly (readonly string[])[]>>;
  /** Stamps are µs on the machine's monotonic clock modulo this. */
  readonly spanUs: number;
  /**
   * Reads one stamp for each station of the way, as many as `stampsUs` is long; false where the frame does not have so many. Called for
   * many frames: no allocation.
   */
  read(way: Hop<unknown>['way'], frame: Uint8Array, stampsUs: Float64Array): boolean;
}

/** A set of legs with what they took. */
interface Route {
  readonly names: readonly string[];
  readonly histograms: readonly Histogram[];
  /** Of the frame at hand. */
  readonly stampsUs: Float64Array;
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
  /** Those that a target may have; one alone from the first frame on that could be read. */
  #routes: readonly Route[];

  /** @param every records one message in so many, chosen by a hash of its sequence; a measure for the expense only */
  constructor(reader: HopReader, way: Hop<unknown>['way'], every = 1) {
    this.#every = every;
    this.#way = way;
    this.#reader = reader;
    this.#routes = [reader.legs[way], ...(reader.otherLegs?.[way] ?? [])].map((legs) => ({
      names: [GENERATOR, ...legs],
      histograms: legs.concat(GENERATOR).map(() => new Histogram()),
      stampsUs: new Float64Array(legs.length - 1),
    }));
  }

  /** Of what the frames so far had; until then of what is tried first. */
  get names(): readonly string[] {
    return this.#routes[0]!.names;
  }

  /** Most names that there can be. */
  get width(): number {
    return mostOf(this.#routes.map(({ names }) => names.length));
  }

  /** All times in µs since run start. A frame without stamps, or with stamps of another machine, is left out. */
  record(sequence: number, frame: Uint8Array, intendedAtUs: number, sentAtUs: number, nowUs: number): void {
    // Not every n-th: senders take turns, and the same few would always be heard.
    if (this.#every > 1 && (Math.imul(sequence, 0x9e3779b1) >>> 0) % this.#every !== 0) return;
    const totalUs = nowUs - sentAtUs;
    const route = this.#readStations(frame, sentAtUs, totalUs);
    if (route === null) return;
    const { histograms, stampsUs } = route;
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
    const route = this.#readStations(frame, sentAtUs, totalUs);
    if (route === null) return false;
    const { stampsUs } = route;
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
  #readStations(frame: Uint8Array, sentAtUs: number, totalUs: number): Route | null {
    const route = this.#findRoute(frame);
    if (route === null) return null;
    const { stampsUs } = route;
    let beforeUs = 0;
    for (let station = 0; station < stampsUs.length; station++) {
      const sinceSendUs = this.#sinceSend(stampsUs[station]!, sentAtUs);
      if (sinceSendUs < -CLOCK_ERROR_US || sinceSendUs > totalUs + CLOCK_ERROR_US) return null;
      beforeUs = Math.min(totalUs, Math.max(beforeUs, sinceSendUs));
      stampsUs[station] = beforeUs;
    }
    return route;
  }

  /** The one that the frame has the stamps of, which are read then. */
  #findRoute(frame: Uint8Array): Route | null {
    for (const route of this.#routes) {
      if (!this.#reader.read(this.#way, frame, route.stampsUs)) continue;
      if (this.#routes.length > 1) this.#routes = [route];
      return route;
    }
    return null;
  }

  /** In the order in which a message passes; none where no frame had stamps. */
  snapshot(): readonly Hop<SparseHistogram>[] {
    const { names, histograms } = this.#routes[0]!;
    if (histograms[0]!.count === 0) return [];
    return names.map((name, i) => ({ name, way: this.#way, histogram: histograms[i]!.snapshot() }));
  }

  /** Signed: the shorter way round. */
  #sinceSend(stampUs: number, sentAtUs: number): number {
    const { spanUs } = this.#reader;
    const differenceUs = (stampUs - this.originUs - sentAtUs) % spanUs;
    if (differenceUs > spanUs / 2) return differenceUs - spanUs;
    return differenceUs < -spanUs / 2 ? differenceUs + spanUs : differenceUs;
  }
}
