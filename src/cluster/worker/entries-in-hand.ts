import type { Gathered } from './stored-batch.ts';

/** How many entries of each partition are in hand, and which partitions are let go of. */
export class EntriesInHand {
  readonly #counts = new Map<number, number>();
  readonly #refused = new Set<number>();
  readonly #waiting = new Map<number, () => void>();

  add(entries: readonly Gathered[]): void {
    for (const { delivery } of entries) this.#change(delivery.partition, 1);
  }

  remove(entries: readonly Gathered[]): void {
    for (const { delivery } of entries) this.#change(delivery.partition, -1);
  }

  /** Whether nothing of the partition is to be begun. */
  isRefused(partition: number): boolean {
    return this.#refused.has(partition);
  }

  /** Refuses the partition. Settles when none of its entries is in hand. */
  async refuse(partition: number): Promise<void> {
    this.#refused.add(partition);
    if ((this.#counts.get(partition) ?? 0) === 0) return;
    await new Promise<void>((resolve) => {
      this.#waiting.set(partition, resolve);
    });
  }

  allow(partition: number): void {
    this.#refused.delete(partition);
  }

  #change(partition: number, by: number): void {
    const count = (this.#counts.get(partition) ?? 0) + by;
    this.#counts.set(partition, count);
    if (count > 0) return;
    this.#waiting.get(partition)?.();
    this.#waiting.delete(partition);
  }
}
