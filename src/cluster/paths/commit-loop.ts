import { setTimeout as wait } from 'node:timers/promises';
import { monotonicUs } from '../../clock.ts';
import type { NumberedMessage, NumberedStore } from '../ports/message-store.ts';
import { POISON_TRIES, RefusedBatch } from '../ports/message-store.ts';
import { tryPatiently } from '../try-patiently.ts';
import { encodeStamp } from '../wire/hop-stamps.ts';
import { createCommitPace } from './commit-pace.ts';
import { type NumberedEntry, stampNext } from './numbered-entry.ts';

const BATCH_LIMIT = 500;

export interface CommitParts {
  readonly store: NumberedStore;
  /** It is stored. */
  readonly onStored: (entry: NumberedEntry) => void;
  /** The store refuses it, also alone. */
  readonly onRefused: (entry: NumberedEntry) => void;
  /** Their numbers belong to other messages. */
  readonly onTaken: (entries: readonly NumberedEntry[]) => Promise<void>;
  readonly fail: (reason: unknown) => void;
  /** How far apart batches begin at least, ms, asked for before each: nobody waits for a commit but the sender. Default `createCommitPace`. */
  readonly intervalMs?: () => number;
}

/** Group commit of messages that are numbered and published already. */
export class CommitLoop {
  readonly #parts: CommitParts;
  readonly #intervalMs: () => number;
  #gathered: NumberedEntry[] = [];
  #inHand: readonly NumberedEntry[] = [];
  #running = false;
  #beganAt = Number.NEGATIVE_INFINITY;
  #counters = { batches: 0, retries: 0, deadLettered: 0, renumbered: 0 };

  /** @param parts.fail called when the store fails for about a minute */
  constructor(parts: CommitParts) {
    this.#parts = parts;
    this.#intervalMs = parts.intervalMs ?? createCommitPace();
  }

  get counters(): Readonly<Record<'batches' | 'retries' | 'deadLettered' | 'renumbered', number>> {
    return this.#counters;
  }

  /** What is numbered and not known to be stored. */
  get unstored(): readonly NumberedEntry[] {
    return [...this.#inHand, ...this.#gathered];
  }

  add(entry: NumberedEntry): void {
    this.#gathered.push(entry);
    if (this.#running) return;
    this.#running = true;
    process.nextTick(() => void this.#run());
  }

  async #run(): Promise<void> {
    try {
      while (this.#gathered.length > 0) {
        const restMs = this.#beganAt + this.#intervalMs() - performance.now();
        if (restMs > 0) await wait(restMs);
        this.#beganAt = performance.now();
        this.#inHand = this.#gathered.splice(0, BATCH_LIMIT);
        await this.#commit(this.#inHand);
        this.#inHand = [];
      }
    } catch (error) {
      this.#parts.fail(error);
      return;
    }
    this.#running = false;
  }

  async #commit(entries: readonly NumberedEntry[]): Promise<void> {
    this.#counters.batches++;
    const numbers = await this.#store(entries);
    const storedAt = encodeStamp(monotonicUs());
    const taken: NumberedEntry[] = [];
    for (const [i, entry] of entries.entries()) {
      const number = numbers[i]!;
      if (number === 0) taken.push(entry);
      else if (number !== null) {
        stampNext(entry, storedAt);
        this.#parts.onStored(entry);
      } else {
        this.#counters.deadLettered++;
        this.#parts.onRefused(entry);
      }
    }
    if (taken.length === 0) return;
    this.#counters.renumbered += taken.length;
    await this.#parts.onTaken(taken);
  }

  /** The numbers under which the messages are stored now; null for one that is refused also alone. */
  async #store(entries: readonly NumberedEntry[]): Promise<readonly (number | null)[]> {
    try {
      return await this.#insert(entries);
    } catch (error) {
      if (!(error instanceof RefusedBatch)) throw error;
    }
    const numbers: (number | null)[] = [];
    for (const entry of entries) numbers.push(await this.#storeAlone(entry));
    return numbers;
  }

  async #storeAlone(entry: NumberedEntry): Promise<number | null> {
    for (let tries = 0; tries < POISON_TRIES; tries++) {
      try {
        const [number] = await this.#insert([entry]);
        return number!;
      } catch (error) {
        if (!(error instanceof RefusedBatch)) throw error;
        this.#counters.retries++;
      }
    }
    return null;
  }

  #insert(entries: readonly NumberedEntry[]): Promise<readonly number[]> {
    const batch = entries.map(({ message, seq }): NumberedMessage => ({ ...message, seq }));
    return tryPatiently(
      () => this.#parts.store.insert(batch),
      () => {
        this.#counters.retries++;
      },
      (error) => error instanceof RefusedBatch,
    );
  }
}
