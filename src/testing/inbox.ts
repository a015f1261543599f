/** Collects what arrives, and lets a test wait for the n-th of it instead of sleeping. */
export class Inbox<Item> {
  readonly items: Item[] = [];
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  readonly push = (item: Item): void => {
    this.items.push(item);
    for (const { count, resolve } of this.#waiting) if (this.items.length >= count) resolve();
  };

  /** Settles with all items once there are at least `count`; the test's own timeout ends a wait in vain. */
  async atLeast(count: number): Promise<readonly Item[]> {
    if (this.items.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.push({ count, resolve });
      });
    }
    return this.items;
  }
}
