/** The mean of what was added since it was last asked for. */
export class MeanAge {
  #sumMs = 0;
  #count = 0;

  add(ms: number): void {
    this.#sumMs += ms;
    this.#count++;
  }

  /** ms; null where nothing was added. */
  take(): number | null {
    const mean = this.#count === 0 ? null : this.#sumMs / this.#count;
    this.#sumMs = 0;
    this.#count = 0;
    return mean;
  }
}
