/** So many blocks are remembered: those of hours, of a loop that stands still now and then. */
const KEPT = 4_096;

/**
 * When a loop stood still, and for how long, to be asked of any stretch that has passed. What takes several turns of the loop, as
 * a connect does, may owe something to each block in between: only their sum tells what. In bounded memory: of a stretch that begins
 * before the oldest block that is remembered, less is told than there was. Times are integer µs on one monotonic clock.
 */
export class BlockLog {
  readonly #endUs = new Float64Array(KEPT);
  readonly #lengthUs = new Float64Array(KEPT);
  #count = 0;

  /** In ascending order of their ends; blocks do not overlap. */
  note(endUs: number, lengthUs: number): void {
    const at = this.#count % KEPT;
    this.#endUs[at] = endUs;
    this.#lengthUs[at] = lengthUs;
    this.#count++;
  }

  /** How much of the time from `fromUs` on was taken by blocks, of one that had begun before only what came after. */
  since(fromUs: number): number {
    let sumUs = 0;
    for (let index = this.#count - 1; index >= Math.max(0, this.#count - KEPT); index--) {
      const endUs = this.#endUs[index % KEPT]!;
      if (endUs <= fromUs) break;
      sumUs += Math.min(this.#lengthUs[index % KEPT]!, endUs - fromUs);
    }
    return sumUs;
  }
}
