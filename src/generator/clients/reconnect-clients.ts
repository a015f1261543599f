import { pause } from '../../clock.ts';
import { STREAM } from '../../random.ts';
import { countReason, type MutableConnectionCounts } from '../../record/connection-counts.ts';
import { OwnedTimes } from '../../record/own-share.ts';
import type { Reconnect } from '../../scenario/scenario.ts';
import type { Refusal } from '../connection.ts';
import type { LoopStops } from '../watch-loop.ts';
import { openSpreadClient, type SpreadOpening } from './connect-clients.ts';
import { drawUnit } from './spread-clients.ts';
import type { VirtualClient } from './virtual-client.ts';

export interface Reconnecting extends SpreadOpening {
  readonly policy: Reconnect;
  readonly seed: number;
  readonly counts: MutableConnectionCounts;
  readonly loop: LoopStops;
  /** Before a client comes back that the server has told to log in again; yields why it could not. */
  logInAgain(client: VirtualClient): Promise<Refusal | null>;
  /** The client is in its rooms again. */
  onBack(client: VirtualClient): void;
}

/** Brings clients back that were dropped, or have left, each after its own back-off, until it succeeds or all is over. */
export class Reconnector {
  /** From the drop, or from the end of its absence where it had left, until the client was in its room again, µs. */
  readonly latency = new OwnedTimes();
  /** How clients connect whose drop brings them back. */
  readonly opening: SpreadOpening;
  readonly #reconnecting: Reconnecting;
  #isOver = false;

  constructor(reconnecting: Reconnecting) {
    this.#reconnecting = reconnecting;
    this.opening = {
      ...reconnecting,
      onDropped: (client, reason) => {
        reconnecting.onDropped(client, reason);
        void this.#bringBack(client, toldUs(reason));
      },
    };
  }

  /** Its connection was dropped, and the server wants it back no sooner than `leastUs` later. Settles when the client is back, or will not be. */
  async #bringBack(client: VirtualClient, leastUs: number): Promise<void> {
    client.noteDropped();
    if (await this.#reopen(client, leastUs)) this.#reconnecting.counts.reconnected++;
  }

  /** It has left by itself, and stays away for a while. Settles when the client is back, or will not be. */
  async bringBackAfter(client: VirtualClient, awayUs: number): Promise<void> {
    client.noteDropped();
    await pause(this.#reconnecting.clock, awayUs);
    if (await this.#reopen(client)) this.#reconnecting.counts.returned++;
  }

  /** False where the run was over before. */
  async #reopen(client: VirtualClient, toldUs = 0): Promise<boolean> {
    const { clock, policy, seed, counts, loop } = this.#reconnecting;
    const beganUs = clock.nowUs();
    // Each drop of a client draws anew, from its own number and count alone.
    const draws = client.drops * ATTEMPTS_APART;
    for (let attempt = 1; !this.#isOver; attempt++) {
      const unit = drawUnit(seed, STREAM.backoff, client.identity.client, draws + attempt);
      const leastUs = Math.max(client.identity.session?.place.retryUs ?? 0, attempt === 1 ? toldUs : 0);
      await pause(clock, Math.max(leastUs, backOffUs(policy, attempt - 1, unit)));
      if (this.#isOver) return false;
      const refusal = await this.#reconnecting.logInAgain(client);
      const outcome = refusal ?? (await openSpreadClient(client, attempt, this.opening, null));
      if (outcome.outcome !== 'ok') {
        counts.reconnectsFailed++;
        countReason(counts.failures, `${outcome.outcome}: ${outcome.detail}`);
        continue;
      }
      if (this.#isOver) {
        outcome.connection.close();
        return false;
      }
      this.latency.record(clock.nowUs() - beganUs, loop.stoodStillUs(beganUs));
      this.#reconnecting.onBack(client);
      return true;
    }
    return false;
  }

  /** Nobody comes back any more. */
  stop(): void {
    this.#isOver = true;
  }
}

/** What a server that sends its clients away told this one: "come back in 1200 ms". None: 0. */
export function toldUs(reason: string): number {
  const ms = /\bcome back in (\d{1,6}) ms\b/.exec(reason)?.[1];
  return ms === undefined ? 0 : Number(ms) * 1_000;
}

const ATTEMPTS_APART = 64;

/**
 * Full jitter: a uniform time below min(max, base · 2ⁿ) before attempt n, from 0 (M. Brooker, "Exponential Backoff And Jitter",
 * 2015). Clients that were dropped together come back spread out.
 *
 * @param unit the draw, [0, 1)
 */
export function backOffUs({ baseUs, maxUs }: Reconnect, attempt: number, unit: number): number {
  return Math.floor(unit * Math.min(maxUs, baseUs * 2 ** attempt));
}
