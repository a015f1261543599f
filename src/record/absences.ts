const NOBODY: ReadonlySet<number> = new Set();

/** Who has left a room by itself, and from which message on each is expected to get something again. */
export class Absences {
  /** By room, those with somebody away only. */
  readonly #away = new Map<number, Set<number>>();
  /** By client that has been away, the first sequence after its return; infinite while it is away. */
  readonly #backAt = new Map<number, number>();

  /** Whether anybody is away. */
  get areAny(): boolean {
    return this.#away.size > 0;
  }

  leave(client: number, room: number): void {
    const away = this.#away.get(room) ?? new Set();
    this.#away.set(room, away.add(client));
    this.#backAt.set(client, Number.POSITIVE_INFINITY);
  }

  /**
   * Nothing where it was not away.
   *
   * @param next  the first sequence that it is expected to get
   */
  comeBack(client: number, room: number, next: number): void {
    const away = this.#away.get(room);
    if (away?.delete(client) !== true) return;
    if (away.size === 0) this.#away.delete(room);
    this.#backAt.set(client, next);
  }

  /** Who is away of a room. */
  of(room: number): Iterable<number> {
    return this.#away.get(room) ?? NOBODY;
  }

  /** The message is of a time before the client was back from its last absence. */
  wasAway(client: number, sequence: number): boolean {
    return this.#backAt.size > 0 && sequence < (this.#backAt.get(client) ?? 0);
  }
}
