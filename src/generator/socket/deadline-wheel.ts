/** Something that has a time to be over by. */
export interface Expiring {
  /** Its time has passed. */
  expire(): void;
}

/**
 * Deadlines of thousands of connections on one timer: never early, and late by at most two ticks of `TICK_MS`. The timer does
 * not keep the process alive.
 */
export class DeadlineWheel {
  readonly #slots = new Map<number, Set<Expiring>>();
  #timer: NodeJS.Timeout | null = null;
  #lastTick = 0;

  /** @returns what `remove` wants to be told */
  add(item: Expiring, delayMs: number): number {
    this.#start();
    const tick = Math.ceil((performance.now() + delayMs) / TICK_MS);
    const slot = this.#slots.get(tick);
    if (slot === undefined) this.#slots.set(tick, new Set([item]));
    else slot.add(item);
    return tick;
  }

  remove(item: Expiring, tick: number): void {
    this.#slots.get(tick)?.delete(item);
  }

  #start(): void {
    if (this.#timer !== null) return;
    this.#lastTick = currentTick();
    this.#timer = setInterval(() => this.#turn(), TICK_MS).unref();
  }

  #turn(): void {
    const now = currentTick();
    for (let tick = this.#lastTick; tick <= now; tick++) {
      const due = this.#slots.get(tick);
      this.#slots.delete(tick);
      for (const item of due ?? []) item.expire();
    }
    this.#lastTick = now + 1;
    if (this.#slots.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

const TICK_MS = 50;

function currentTick(): number {
  return Math.floor(performance.now() / TICK_MS);
}
