import type { Clock } from '../../clock.ts';
import type { Connection, ShareAccount } from './connection.ts';
import { holdReading, releaseReading } from './read-no-further.ts';

/** What one connection may send a second, units: a frame is one, and one more for each KiB of it. */
export const UNITS_PER_SECOND = 5_000;

/** What may come at once after a pause, s of that. */
const BURST_S = 0.2;

/** What has come with the same read is taken beyond it, up to so many s of it; the rest is refused. */
const DEBT_S = 0.2;

/** Who is read on has so much saved by then, s of it: reading on for every single frame would cost as much as the frames. */
const SAVED_S = 0.02;

/** A connection of which so many frames were refused for that is closed. */
const REFUSED_FRAMES = 5_000;

/** How often it is looked whether there is enough for everybody's share, ms. */
export const ADJUSTED_EVERY_MS = 250;

/** Deliveries that are older than this in the mean, ms, say that there is not. */
const STRAINED_MS = 20;

/** The share of then is at least this part of the usual one, and so many times what the others send in the mean. */
const LEAST_PART = 0.1;
const TIMES_OTHERS = 4;

/** Times what it was, at each look: it is down to that part in a second, and back in some 20 s. */
const SHRINKS = 0.5;
const GROWS = 1.03;

/** WebSocket close code "policy violation". */
const POLICY_VIOLATION = 1008;

/**
 * Sees that no connection takes more than its share of a gateway, and of what is behind it, from those of others: who sends more is read no
 * further for a while, so that what it sends waits with itself; what has come already is refused where that is too much; and who
 * goes on all the same is closed. As long as there is credit a frame costs a few additions, and no reading of the clock.
 *
 * The usual share is what a machine has to give that has time. While deliveries are late, whoever sends many times as much as the others gets
 * less: where all send alike nobody is held up for that.
 */
export class FairShare {
  readonly #clock: Clock;
  readonly #mostUnitsPerUs: number;
  #unitsPerUs: number;
  /** Since the last look: units taken, by how many connections, and most by one of them. */
  #taken = 0;
  #senders = 0;
  #mostTaken = 0;
  #look = 0;
  #held = 0;
  #closed = 0;

  /** @param unitsPerSecond of each connection; Infinity: no limit */
  constructor(clock: Clock, unitsPerSecond = UNITS_PER_SECOND) {
    this.#clock = clock;
    this.#mostUnitsPerUs = unitsPerSecond / 1e6;
    this.#unitsPerUs = this.#mostUnitsPerUs;
  }

  /** Counts since start: how often a connection was read no further for that, and connections closed. */
  get counters(): Readonly<Record<'heldBack' | 'floodsClosed', number>> {
    return { heldBack: this.#held, floodsClosed: this.#closed };
  }

  open(): ShareAccount {
    return { credit: this.#unitsIn(BURST_S), atUs: this.#clock.nowUs(), isHeld: false, refused: 0, look: -1, taken: 0 };
  }

  /** What one connection may send a second now, units. */
  get unitsPerSecond(): number {
    return this.#unitsPerUs * 1e6;
  }

  /** To be called every `ADJUSTED_EVERY_MS`. @param ageMs mean age of deliveries since the last call; null: there were none */
  adjust(ageMs: number | null): void {
    const others = this.#senders - 1;
    const isStrained = ageMs !== null && ageMs > STRAINED_MS && others > 0;
    const ofOthers = isStrained ? (this.#taken - this.#mostTaken) / others / (ADJUSTED_EVERY_MS * 1_000) : 0;
    const least = Math.max(LEAST_PART * this.#mostUnitsPerUs, TIMES_OTHERS * ofOthers);
    const wanted = isStrained ? Math.max(least, SHRINKS * this.#unitsPerUs) : GROWS * this.#unitsPerUs;
    this.#unitsPerUs = Math.min(this.#mostUnitsPerUs, wanted);
    this.#taken = 0;
    this.#senders = 0;
    this.#mostTaken = 0;
    this.#look++;
  }

  /** @param characters of the frame. False: it is to be refused */
  take(connection: Connection, characters: number): boolean {
    const { share } = connection;
    const units = 1 + characters / 1024;
    share.credit -= units;
    if (share.credit < 0 && !this.#overdraw(connection)) return false;
    if (share.look !== this.#look) {
      share.look = this.#look;
      share.taken = 0;
      this.#senders++;
    }
    share.taken += units;
    this.#taken += units;
    if (share.taken > this.#mostTaken) this.#mostTaken = share.taken;
    return true;
  }

  #overdraw(connection: Connection): boolean {
    const { share, webSocket } = connection;
    this.#refill(share);
    if (share.credit >= 0) return true;
    if (!share.isHeld) this.#hold(connection);
    if (share.credit >= -this.#unitsIn(DEBT_S)) return true;
    // What is refused costs little, and is not to be paid for.
    share.credit = -this.#unitsIn(DEBT_S);
    if (++share.refused === REFUSED_FRAMES) {
      this.#closed++;
      webSocket.close(POLICY_VIOLATION, 'more than the share of one connection');
    }
    return false;
  }

  #hold(connection: Connection): void {
    const { share } = connection;
    this.#held++;
    share.isHeld = true;
    holdReading(connection);
    const goOn = (): void => {
      this.#refill(share);
      const lackUnits = this.#unitsIn(SAVED_S) - share.credit;
      if (lackUnits > 0) {
        this.#clock.after(Math.max(1_000, lackUnits / this.#unitsPerUs), goOn);
        return;
      }
      share.isHeld = false;
      releaseReading(connection);
    };
    goOn();
  }

  #refill(share: ShareAccount): void {
    const nowUs = this.#clock.nowUs();
    share.credit = Math.min(this.#unitsIn(BURST_S), share.credit + (nowUs - share.atUs) * this.#unitsPerUs);
    share.atUs = nowUs;
  }

  #unitsIn(seconds: number): number {
    return this.#unitsPerUs * seconds * 1e6;
  }
}
