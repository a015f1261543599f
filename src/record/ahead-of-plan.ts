import type { UnsentMessages } from './split-log.ts';

interface EarlyDelivery {
  readonly room: number;
  readonly recipient: number;
  /** µs since run start. */
  readonly atUs: number;
}

/**
 * What is known of other shards' messages before this shard's own turn to expect them: each walks through the plan by its own timer,
 * which may be late. Messages go by their number in the plan.
 */
export class AheadOfPlan {
  readonly #deliveries = new Map<number, EarlyDelivery[]>();
  readonly #unsent = new Set<number>();
  /** By shard, from which message on it sends none any more. */
  readonly #ends = new Map<number, number>();

  keep(number: number, delivery: EarlyDelivery): void {
    const known = this.#deliveries.get(number);
    if (known === undefined) this.#deliveries.set(number, [delivery]);
    else known.push(delivery);
  }

  /** What has arrived of a message whose turn has come. */
  takeDeliveries(number: number): readonly EarlyDelivery[] {
    const known = this.#deliveries.get(number);
    if (known === undefined) return NONE;
    this.#deliveries.delete(number);
    return known;
  }

  /** @param next the first message whose turn has not come */
  noteUnsent({ shard, numbers, endsAt }: UnsentMessages, next: number): void {
    if (endsAt !== null) this.#ends.set(shard, endsAt);
    for (const number of numbers) if (number >= next) this.#unsent.add(number);
  }

  /** Whether its shard has told that it does not send it. */
  takeUnsent(number: number): boolean {
    return this.#unsent.delete(number);
  }

  /**
   * Whether it would come after the last one that its shard sends.
   *
   * @param readShard  asked for its sender's shard where any has ended
   */
  isBeyondEnd(number: number, readShard: () => number): boolean {
    return this.#ends.size > 0 && number >= (this.#ends.get(readShard()) ?? Number.POSITIVE_INFINITY);
  }

  /** Deliveries of messages whose turn never came. */
  drain(): readonly (EarlyDelivery & { readonly number: number })[] {
    const rest = [...this.#deliveries].flatMap(([number, known]) => known.map((delivery) => ({ number, ...delivery })));
    this.#deliveries.clear();
    return rest;
  }
}

const NONE: readonly EarlyDelivery[] = [];
