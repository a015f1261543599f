import { bufferOver } from '../../buffer-over.ts';
import type { Clock } from '../../clock.ts';
import type { MessageHistory } from '../../protocol/chat-protocol.ts';
import type { Seat } from './seat.ts';

/**
 * Fetches an address; yields the answer's text, or null where there is none: not reached, too late, or not 200. Told besides when it
 * asks: until then it waited for its turn here.
 */
export type FetchText = (url: string, onSend?: () => void) => Promise<string | null>;

export interface RoomSync {
  readonly history: MessageHistory;
  readonly fetchText: FetchText;
  readonly clock: Clock;
  /** A message that the client has fetched, as the frame it would have come in. */
  onMessage(seat: Seat, frame: Buffer): void;
}

/** Clients fetch what they missed, a page at a time. A gateway that does not answer is asked again later. */
export class RoomSyncer {
  readonly #sync: RoomSync;
  readonly #waiting = new Set<Seat>();
  #underWay = 0;
  #isOver = false;

  constructor(sync: RoomSync) {
    this.#sync = sync;
  }

  /** Has the client fetch everything of this room behind its memory's `missingFrom`, soon; a seat that waits already waits once. */
  request(seat: Seat): void {
    this.#waiting.add(seat);
    this.#next();
  }

  stop(): void {
    this.#isOver = true;
  }

  #next(): void {
    for (const seat of this.#waiting) {
      if (this.#isOver || this.#underWay >= CONCURRENCY) return;
      this.#waiting.delete(seat);
      this.#underWay++;
      void this.#fetchMissing(seat).then((isComplete) => {
        this.#underWay--;
        if (!isComplete && !this.#isOver) this.#sync.clock.after(RETRY_US, () => this.request(seat));
        this.#next();
      });
    }
  }

  /** False where the rest has to be asked for again. */
  async #fetchMissing(seat: Seat): Promise<boolean> {
    const { memory } = seat;
    for (let page = 0; page < MAX_PAGES && memory !== null && memory.missingFrom !== null; page++) {
      const from = memory.missingFrom;
      const to = await this.#fetchPage(seat, from);
      if (to === null) return false;
      if (this.#isOver) return true;
      memory.noteFetched(from, to);
      const isEnd = to === from;
      // A client that has lost its connection meanwhile misses what comes after the end.
      memory.missingFrom = isEnd && seat.client.connection !== null ? null : to;
      if (isEnd) return true;
    }
    return true;
  }

  /** Yields the position of the page's last message, the one asked from where it is empty; null where there was no answer. */
  async #fetchPage(seat: Seat, after: number): Promise<number | null> {
    const { history, fetchText, onMessage } = this.#sync;
    const answer = await fetchText(history.urlAfter(seat.identity, after));
    if (answer === null || this.#isOver) return answer === null ? null : after;
    const frames = readPage(history, answer);
    if (frames === null) return null;
    let last = after;
    for (const frame of frames) {
      last = Math.max(last, history.readPosition(frame));
      onMessage(seat, frame);
    }
    return last;
  }
}

/** Requests under way at once, per shard: the history is to be read beside the load, not instead of it. */
const CONCURRENCY = 32;
const RETRY_US = 500_000;
/** Of 500 messages each; a client that missed more than that gives up, as an app would show the newest only. */
const MAX_PAGES = 200;

function readPage(history: MessageHistory, answer: string): readonly Buffer[] | null {
  try {
    return history.readPage(answer).map(bufferOver);
  } catch {
    return null;
  }
}
