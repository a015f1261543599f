/** What all publishers of a queue had published at one moment, since their start. */
interface Published {
  readonly entries: number;
  readonly messages: number;
}

/** Readings kept: at one each 100 ms, a backlog may be 100 s old before its age is forgotten. */
const KEPT = 1_000;

/**
 * How many messages wait in a queue whose entries hold several each. A queue is first in, first out: its n waiting entries
 * are the n that were published last, so that the messages in them are those published since. Exact at a reading, linear
 * between two; a backlog older than all readings has their mean size. Where publishers tell nothing, an entry is one message.
 */
export class EntrySizes {
  readonly #history: Published[] = [];

  /** A reading of the publishers' counters. Where they are lower than before, a publisher began anew, and so does this. */
  note(entries: number, messages: number): void {
    const last = this.#history.at(-1);
    if (last !== undefined && (entries < last.entries || messages < last.messages)) this.#history.length = 0;
    this.#history.push({ entries, messages });
    if (this.#history.length > KEPT) this.#history.shift();
  }

  /** Messages in the `waiting` entries published last, up to the latest reading. */
  messagesIn(waiting: number): number {
    const latest = this.#history.at(-1);
    if (latest === undefined || latest.entries === 0) return waiting;
    if (waiting <= 0) return 0;
    const begin = latest.entries - waiting;
    const before = this.#history.findLast(({ entries }) => entries <= begin) ?? { entries: 0, messages: 0 };
    const after = this.#history.find(({ entries }) => entries >= begin) ?? latest;
    const span = after.entries - before.entries;
    const share = span === 0 ? 0 : (begin - before.entries) / span;
    return Math.round(latest.messages - before.messages - share * (after.messages - before.messages));
  }
}
