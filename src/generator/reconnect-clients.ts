import { pause } from '../clock.ts';
import { STREAM } from '../random.ts';
import { Histogram } from '../record/histogram.ts';
import type { Reconnect } from '../scenario/scenario.ts';
import { type MutableConnectionCounts, openSpreadClient, type SpreadOpening } from './connect-clients.ts';
import { drawUnit } from './spread-clients.ts';
import type { VirtualClient } from './virtual-client.ts';

export interface Reconnecting extends SpreadOpening {
  readonly policy: Reconnect;
  readonly seed: number;
  readonly counts: MutableConnectionCounts;
  /** The client is in its room again. */
  onBack(client: VirtualClient): void;
}

/** Brings clients back whose connection was dropped, each after its own back-off, until it succeeds or all is over. */
export class Reconnector {
  /** From the drop until the client was in its room again, µs. */
  readonly latency = new Histogram();
  readonly #reconnecting: Reconnecting;
  #isOver = false;

  constructor(reconnecting: Reconnecting) {
    this.#reconnecting = reconnecting;
  }

  /** Settles when the client is back, or will not be. */
  async bringBack(client: VirtualClient): Promise<void> {
    const { clock, policy, seed, counts } = this.#reconnecting;
    const droppedAtUs = clock.nowUs();
    const number = client.identity.client;
    for (let attempt = 1; !this.#isOver; attempt++) {
      // Drops of one client differ by what they are the n-th of in the run, or each would wait like the one before.
      const draw = counts.reconnected * ATTEMPTS_APART + attempt;
      await pause(clock, backOffUs(policy, attempt - 1, drawUnit(seed, STREAM.backoff, number, draw)));
      if (this.#isOver) return;
      const outcome = await openSpreadClient(client, attempt, this.#reconnecting, null);
      if (outcome.outcome !== 'ok') {
        counts.reconnectsFailed++;
        continue;
      }
      if (this.#isOver) {
        outcome.connection.close();
        return;
      }
      counts.reconnected++;
      this.latency.record(clock.nowUs() - droppedAtUs);
      this.#reconnecting.onBack(client);
      return;
    }
  }

  /** Nobody comes back any more. */
  stop(): void {
    this.#isOver = true;
  }
}

const ATTEMPTS_APART = 16;

/**
 * Full jitter: a uniform time below min(max, base · 2ⁿ) before attempt n, from 0 (M. Brooker, "Exponential Backoff And Jitter",
 * 2015). Clients that were dropped together come back spread out.
 *
 * @param unit the draw, [0, 1)
 */
export function backOffUs({ baseUs, maxUs }: Reconnect, attempt: number, unit: number): number {
  return Math.floor(unit * Math.min(maxUs, baseUs * 2 ** attempt));
}
