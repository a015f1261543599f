import type { LimiterReport } from './samples.ts';

/** What a rate limiter promises: so many messages of one user in any window (sliding), or in each window of the clock (fixed). */
export interface LimiterPromise {
  readonly kind: 'fixed' | 'sliding';
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * Audits a limiter from outside, exactly and without trust in its own figures. When it decided is not known, only that it was
 * between send and acknowledgement: so a message counts in a window where both lie in it, and no window is ever charged with more
 * than the limiter let pass in it.
 *
 * Memory is O(limit) per user that sends. Times are µs since run start and do not go back.
 */
export class LimiterAudit {
  /** Run start in µs since 1970: windows of kind `fixed` begin at multiples of their length on that clock. */
  epochUs = 0;
  readonly #promise: LimiterPromise;
  readonly #windowUs: number;
  readonly #userOf: (sender: number) => number;
  readonly #users = new Map<number, UserAudit>();
  #admittedMax = 0;
  #admitted = 0;
  #allowed = 0;

  /** @param userOf whose the numbers are that it is told of; where absent, users' own */
  constructor(promise: LimiterPromise, userOf: (sender: number) => number = (sender) => sender) {
    this.#userOf = userOf;
    this.#promise = promise;
    this.#windowUs = promise.windowMs * 1000;
  }

  /** A user sends a message: what would a limiter do that admits all it may? */
  offer(sender: number, sentAtUs: number): void {
    const { allowedAtUs } = this.#of(this.#userOf(sender));
    const { kind, limit } = this.#promise;
    const opensAtUs =
      kind === 'sliding'
        ? sentAtUs - this.#windowUs
        : Math.floor((this.epochUs + sentAtUs) / this.#windowUs) * this.#windowUs - this.epochUs - 1;
    while (allowedAtUs.length > 0 && allowedAtUs[0]! <= opensAtUs) allowedAtUs.shift();
    if (allowedAtUs.length >= limit) return;
    allowedAtUs.push(sentAtUs);
    this.#allowed++;
  }

  /** A message of the user was acknowledged. */
  admit(sender: number, sentAtUs: number, ackedAtUs: number): void {
    const { admittedAtUs } = this.#of(this.#userOf(sender));
    const opensAtUs = ackedAtUs - this.#windowUs;
    while (admittedAtUs.length > 0 && admittedAtUs[0]! <= opensAtUs) admittedAtUs.shift();
    if (admittedAtUs.length > 2 * this.#promise.limit) admittedAtUs.shift();
    admittedAtUs.push(sentAtUs);
    this.#admitted++;
    if (admittedAtUs.length <= this.#admittedMax) return;
    // Answers may come in another order than messages went out.
    const within = admittedAtUs.reduce((count, atUs) => count + (atUs > opensAtUs ? 1 : 0), 0);
    this.#admittedMax = Math.max(this.#admittedMax, within);
  }

  report(): LimiterReport {
    return { admittedMax: this.#admittedMax, admitted: this.#admitted, allowed: this.#allowed };
  }

  #of(user: number): UserAudit {
    let audit = this.#users.get(user);
    if (audit === undefined) {
      audit = { admittedAtUs: [], allowedAtUs: [] };
      this.#users.set(user, audit);
    }
    return audit;
  }
}

/** The user's messages of the window that ends now, by the time they were sent. */
interface UserAudit {
  readonly admittedAtUs: number[];
  readonly allowedAtUs: number[];
}
