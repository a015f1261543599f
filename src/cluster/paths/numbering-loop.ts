import { monotonicUs } from '../../clock.ts';
import type { ChannelBus, RecalledRoom } from '../ports/channel-bus.ts';
import { REMEMBERED_IDS } from '../ports/channel-bus.ts';
import type { NumberedStore } from '../ports/message-store.ts';
import { tryPatiently } from '../try-patiently.ts';
import { encodeStamp } from '../wire/hop-stamps.ts';
import { type NumberedEntry, stampNext, stampPublished } from './numbered-entry.ts';

/** Most rooms that are recalled in one step: each may bring a thousand ids. */
const RECALL_LIMIT = 16;

/** Most messages of one step: the server that keeps the numbers does nothing else meanwhile. */
const BATCH_LIMIT = 200;

export interface NumberingParts {
  readonly bus: ChannelBus;
  readonly store: NumberedStore;
  /** The highest number that this gateway has seen of a room, delivered or given; 0: none. */
  readonly lastSeen: (room: string) => number;
  /** Messages that have a number and may not be in the store yet. */
  readonly unstored: () => Iterable<NumberedEntry>;
  /** A message has its number and is published. */
  readonly onNumbered: (entry: NumberedEntry) => void;
  readonly fail: (reason: unknown) => void;
}

/** Has messages numbered and published, in their order: while one step is under way, the next one gathers. */
export class NumberingLoop {
  readonly #parts: NumberingParts;
  #gathered: NumberedEntry[] = [];
  #running = false;
  #counters = { recalled: 0, busRetries: 0 };

  /** @param parts.fail called when numbers cannot be had for about a minute */
  constructor(parts: NumberingParts) {
    this.#parts = parts;
  }

  /** Counts since start. `recalled`: rooms whose counter was read from the store. */
  get counters(): Readonly<Record<'recalled' | 'busRetries', number>> {
    return this.#counters;
  }

  add(entry: NumberedEntry): void {
    this.#gathered.push(entry);
    if (this.#running) return;
    this.#running = true;
    // Not at once: what the same network read brought along belongs to this step.
    process.nextTick(() => void this.#run());
  }

  /** Has messages numbered anew whose numbers turned out to be others': numbers were lost before they were stored. */
  async renumber(entries: readonly NumberedEntry[]): Promise<void> {
    const forgotten = Map.groupBy(entries, ({ room }) => room);
    await this.#recall([...forgotten.keys()], (room) => (forgotten.get(room) ?? []).map(({ id }) => id));
    for (const entry of entries) {
      entry.seq = 0;
      this.add(entry);
    }
  }

  async #run(): Promise<void> {
    try {
      while (this.#gathered.length > 0) await this.#number(this.#gathered.splice(0, BATCH_LIMIT));
    } catch (error) {
      this.#parts.fail(error);
      return;
    }
    this.#running = false;
  }

  async #number(entries: readonly NumberedEntry[]): Promise<void> {
    const numbers = await this.#patiently(() => {
      const publishedAt = encodeStamp(monotonicUs());
      for (const entry of entries) stampPublished(entry, publishedAt);
      return this.#parts.bus.publish(entries);
    });
    const numberedAt = encodeStamp(monotonicUs());
    const unknown: NumberedEntry[] = [];
    for (const [i, entry] of entries.entries()) {
      entry.seq = numbers[i]!;
      stampNext(entry, numberedAt);
      if (entry.seq === 0) unknown.push(entry);
      else this.#parts.onNumbered(entry);
    }
    if (unknown.length === 0) return;
    await this.#recall([...new Set(unknown.map(({ room }) => room))], () => []);
    // Before what was gathered since, or a room's messages would overtake each other.
    await this.#number(unknown);
  }

  async #recall(rooms: readonly string[], forgottenOf: (room: string) => readonly string[]): Promise<void> {
    for (let start = 0; start < rooms.length; start += RECALL_LIMIT) {
      await this.#recallSome(rooms.slice(start, start + RECALL_LIMIT), forgottenOf);
    }
  }

  async #recallSome(rooms: readonly string[], forgottenOf: (room: string) => readonly string[]): Promise<void> {
    const { bus, store } = this.#parts;
    const tails = await this.#patiently(() => store.tails(rooms, REMEMBERED_IDS));
    const unstored = Map.groupBy(this.#parts.unstored(), ({ room }) => room);
    const recalled = tails.map(({ room, lastSeq, known }): RecalledRoom => {
      const forgotten = forgottenOf(room);
      const own = (unstored.get(room) ?? []).filter(({ id }) => !forgotten.includes(id));
      const highest = own.reduce((most, { seq }) => Math.max(most, seq), this.#parts.lastSeen(room));
      return { room, lastSeq: Math.max(lastSeq, highest), known: [...known, ...own], forgotten };
    });
    await this.#patiently(() => bus.recall(recalled));
    this.#counters.recalled += recalled.length;
  }

  #patiently<T>(action: () => Promise<T>): Promise<T> {
    return tryPatiently(action, () => {
      this.#counters.busRetries++;
    });
  }
}
