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

/** WebSocket close code "policy violation". */
const POLICY_VIOLATION = 1008;

/**
 * Sees that no connection takes more than its share of a gateway, and of what is behind it, from those of others: who sends more is read no
 * further for a while, so that what it sends waits with itself; what has come already is refused where that is too much; and who
 * goes on all the same is closed. As long as there is credit a frame costs a subtraction, and no reading of the clock.
 */
export class FairShare {
  readonly #clock: Clock;
  readonly #unitsPerUs: number;
  #held = 0;
  #closed = 0;

  /** @param unitsPerSecond of each connection; Infinity: no limit */
  constructor(clock: Clock, unitsPerSecond = UNITS_PER_SECOND) {
    this.#clock = clock;
    this.#unitsPerUs = unitsPerSecond / 1e6;
  }

  /** Counts since start: how often a connection was read no further for that, and connections closed. */
  get counters(): Readonly<Record<'heldBack' | 'floodsClosed', number>> {
    return { heldBack: this.#held, floodsClosed: this.#closed };
  }

  open(): ShareAccount {
    return { credit: this.#unitsIn(BURST_S), atUs: this.#clock.nowUs(), isHeld: false, refused: 0 };
  }

  /** @param characters of the frame. False: it is to be refused */
  take(connection: Connection, characters: number): boolean {
    const { share } = connection;
    share.credit -= 1 + characters / 1024;
    return share.credit >= 0 || this.#overdraw(connection);
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
