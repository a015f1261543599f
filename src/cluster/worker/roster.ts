/** How long a worker that says nothing is still believed to be there, ms. */
export const SILENCE_MS = 5_000;

/** Which workers are there, as one of them has heard. */
export class Roster {
  readonly #own: string;
  readonly #present = new Map<string, { seats: string; heardAtMs: number }>();

  /** @param own the id of the worker that listens: it is there */
  constructor(own: string) {
    this.#own = own;
  }

  /** Ids, this worker's own included, in an order that is the same for all. */
  get ids(): readonly string[] {
    return [...new Set([this.#own, ...this.#present.keys()])].sort();
  }

  /** What the worker said last of its places in the lines, null where it is not there. */
  seatsOf(id: string): string | null {
    return this.#present.get(id)?.seats ?? null;
  }

  /** Notes a notice; true where its worker was not there before. Whatever is no notice is passed over. */
  hear(notice: string, nowMs: number): boolean {
    const [word, id, seats] = notice.split(' ');
    if (id === undefined || id === '') return false;
    const isNew = !this.#present.has(id);
    if (word === 'here' && seats !== undefined) this.#present.set(id, { seats, heardAtMs: nowMs });
    else if (word === 'gone') this.#present.delete(id);
    return isNew && this.#present.has(id);
  }

  /** Strikes out who has been silent for too long. */
  expire(nowMs: number): void {
    for (const [id, { heardAtMs }] of this.#present) if (nowMs - heardAtMs > SILENCE_MS) this.#present.delete(id);
  }
}

/** @param seats changes whenever the worker takes its places in the lines anew; without blanks, as the id */
export function encodeHere(id: string, seats: string): string {
  return `here ${id} ${seats}`;
}

export function encodeGone(id: string): string {
  return `gone ${id}`;
}

/** Whose the partition is. Each worker has as many as any other, or one more. */
export function ownerOf(partition: number, ids: readonly string[]): string {
  return ids[partition % ids.length]!;
}
