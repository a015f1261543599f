import type { Quota } from '../ports/rate-limiter.ts';
import { encodeRateLimited } from '../wire/server-feature-frame.ts';
import { encodeError, type WireErrorCode } from '../wire/server-frame.ts';
import type { BurstWriter } from './burst-writer.ts';
import type { Connection } from './connection.ts';

/** Tells clients why something is not done, and counts how often. */
export class Refusals {
  readonly #writer: BurstWriter;
  #refused = 0;
  #rateLimited = 0;

  constructor(writer: BurstWriter) {
    this.#writer = writer;
  }

  /** Counts since start; messages beyond a quota count as refused, too. */
  get counters(): Readonly<Record<'refused' | 'rateLimited', number>> {
    return { refused: this.#refused, rateLimited: this.#rateLimited };
  }

  /** @param id of the message that is refused; null where the frame named none */
  refuse(connection: Connection, id: string | null, code: WireErrorCode, text: string): void {
    this.#refused++;
    this.#writer.write(connection, encodeError(id, code, text));
  }

  limit(connection: Connection, id: string, quota: Quota): void {
    this.countLimited();
    this.#writer.write(connection, encodeRateLimited(id, quota.remaining, quota.retryAfterMs));
  }

  /** A message that came over HTTP was beyond its user's quota. */
  countLimited(): void {
    this.#refused++;
    this.#rateLimited++;
  }
}
