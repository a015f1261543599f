/** Most rooms of one call: whoever executes it does nothing else meanwhile. */
const BURST = 500;

interface Gathering {
  readonly rooms: string[];
  readonly done: Promise<void>;
  readonly settle: (result: Promise<unknown>) => void;
}

/** Rooms that are joined, or left, in one turn of the event loop, in one call: while thousands come or go, each call carries many. */
export class RoomBurst {
  readonly #call: (rooms: readonly string[]) => Promise<unknown>;
  #gathering: Gathering | null = null;

  constructor(call: (rooms: readonly string[]) => Promise<unknown>) {
    this.#call = call;
  }

  /** Settles with the call that carries the room. */
  add(room: string): Promise<void> {
    this.#gathering ??= this.#begin();
    const { rooms, done } = this.#gathering;
    if (rooms.push(room) >= BURST) this.flush();
    return done;
  }

  /** Calls at once with what has gathered. Whatever must come after it is called after this. */
  flush(): void {
    const gathering = this.#gathering;
    this.#gathering = null;
    gathering?.settle(this.#call(gathering.rooms));
  }

  #begin(): Gathering {
    process.nextTick(() => this.flush());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    return { rooms: [], done: promise, settle: (result) => void result.then(() => resolve(), reject) };
  }
}
