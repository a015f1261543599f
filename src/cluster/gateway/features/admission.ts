import type { RateLimiter } from '../../ports/rate-limiter.ts';
import { type Connection, isOpen } from '../connection.ts';
import { readNoFurtherUntil } from '../read-no-further.ts';
import type { Refusals } from '../refusals.ts';

/** Lets a user's messages pass as far as their quota goes. Without a limiter nothing is asked of anybody. */
export class Admission {
  readonly #limiter: RateLimiter | null;
  readonly #refusals: Refusals;

  constructor(limiter: RateLimiter | null, refusals: Refusals) {
    this.#limiter = limiter;
    this.#refusals = refusals;
  }

  /** Whether anybody is asked for anything. */
  get isLimited(): boolean {
    return this.#limiter !== null;
  }

  /**
   * Calls `pass` where the message is within the quota, else tells the client. A connection's messages pass in the order of
   * the calls, since the limiter answers in that order.
   *
   * @param id of the message
   */
  admit(connection: Connection, id: string, pass: () => void): void {
    if (this.#limiter === null) pass();
    else readNoFurtherUntil(this.#ask(this.#limiter, connection, id, pass), connection);
  }

  async #ask(limiter: RateLimiter, connection: Connection, id: string, pass: () => void): Promise<void> {
    try {
      const quota = await limiter.take(connection.user);
      if (!isOpen(connection)) return;
      if (quota.allowed) pass();
      else this.#refusals.limit(connection, id, quota);
    } catch {
      this.#refusals.refuse(connection, id, 'unavailable', 'cannot read the quota now');
    }
  }
}
