import type { RoomTail } from './message-store.ts';

/**
 * Numbers messages and carries them to all gateways that listen, in one step and without a queue. Fast and forgetful: the
 * numbers are lost with the server that keeps them and are recalled from the store; what a gateway misses it can read in
 * the history.
 */
export interface ChannelBus {
  /**
   * Called once, first.
   *
   * @param onRestored called when all subscriptions hold again after an interruption
   */
  open(listener: ChannelListener, onRestored: () => void): Promise<void>;
  /** Settles when every frame that is published from now on arrives. In the order of the calls. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /**
   * For each message in turn, as one atomic step: takes the room's next number, or the one it was given before where its id
   * is remembered, and publishes. Yields the numbers; 0 where the room's counter is not known: nothing was done then,
   * neither for this nor for later messages of that room, and it must be told by `recall`.
   * A call begins when the one before has settled.
   */
  publish(batch: readonly UnnumberedMessage[]): Promise<readonly number[]>;
  /** Raises counters to at least `lastSeq`, and remembers ids. Forgets an id's number first where it is in `forgotten`. */
  recall(tails: readonly RecalledRoom[]): Promise<void>;
  /** Publishes an unnumbered frame; false where the link is broken or too many are under way. */
  notify(channel: string, frame: string, exceptConnection: string): boolean;
  close(): Promise<void>;
}

/** @param seq 0 for an unnumbered frame */
export type ChannelListener = (channel: string, exceptConnection: string, seq: number, frame: Buffer) => void;

/** The frame is `head`, number, `tail`. */
export interface UnnumberedMessage {
  readonly id: string;
  readonly room: string;
  readonly exceptConnection: string;
  readonly head: string;
  readonly tail: string;
}

export interface RecalledRoom extends RoomTail {
  readonly forgotten: readonly string[];
}

/** So many of a room's newest ids are remembered at least, twice as many at most. */
export const REMEMBERED_IDS = 1_000;
