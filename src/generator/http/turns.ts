/** So many at once; who comes later is let in first come, first served. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Calls back at once where there is room, else when those before have passed. */
  take(begin: () => void): void {
    if (this.#free === 0) {
      this.#waiting.push(begin);
      return;
    }
    this.#free--;
    begin();
  }

  /** One of those that were let in is done. */
  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  /** Whoever waits is forgotten. */
  forget(): void {
    this.#waiting.length = 0;
  }
}
