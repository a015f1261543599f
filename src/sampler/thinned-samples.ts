/** How many samples are kept, at most about. */
export interface SamplesKept {
  /** The last so many, and up to twice as many, as they are. */
  readonly recent: number;
  /** So many of those before them, and half as many at the least. */
  readonly older: number;
}

/**
 * Samples over time in memory that does not grow with their number: the last ones as they are, and of those before them every so many
 * joined into one. A run that is not long has all.
 */
export class ThinnedSamples<Sample> {
  /** How many there were. */
  total = 0;
  /** So many of the older ones are one: 1, 2, 4, … */
  every = 1;
  readonly #kept: SamplesKept;
  readonly #join: (earlier: Sample, later: Sample) => Sample;
  #older: Sample[] = [];
  #recent: Sample[] = [];
  /** What has left the recent ones and is not yet enough for one of the older. */
  #part: Sample[] = [];

  /** @param join  what two samples that follow one another come to. Associative */
  constructor(kept: SamplesKept, join: (earlier: Sample, later: Sample) => Sample) {
    this.#kept = kept;
    this.#join = join;
  }

  get last(): Sample | undefined {
    return this.#recent.at(-1);
  }

  add(sample: Sample): void {
    this.total++;
    this.#recent.push(sample);
    if (this.#recent.length < 2 * this.#kept.recent) return;
    for (const old of this.#recent.splice(0, this.#kept.recent)) this.#retire(old);
  }

  /** Ascending. */
  read(): readonly Sample[] {
    const part = this.#part.length === 0 ? [] : [this.#part.reduce(this.#join)];
    return [...this.#older, ...part, ...this.#recent];
  }

  #retire(sample: Sample): void {
    this.#part.push(sample);
    if (this.#part.length < this.every) return;
    this.#older.push(this.#part.reduce(this.#join));
    this.#part = [];
    if (this.#older.length < this.#kept.older) return;
    this.every *= 2;
    this.#older = this.#older.flatMap((one, index, all) => {
      if (index % 2 === 1) return [];
      const next = all[index + 1];
      return [next === undefined ? one : this.#join(one, next)];
    });
  }
}
