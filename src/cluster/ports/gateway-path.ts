import type { ChatMessage } from './chat-message.ts';

/**
 * How a gateway reaches the recipients, its own and those of all others: each topology is one implementation.
 *
 * What it carries is addressed to a *channel*: a room, or one of `userChannel`, `groupChannel` and `EVERYONE`.
 * A room's name never begins with `@`, so that no client can name another channel.
 */
export interface GatewayPath {
  /**
   * Enters the cluster. Called once, before anything else.
   *
   * @param deliver    called from now on for each frame to a joined channel
   * @param onRestored called when a link that broke is whole again: what was sent meanwhile is in the history alone
   */
  open(deliver: Deliver, onRestored: () => void): Promise<void>;
  /**
   * Takes a message to its room: it is stored, gets the room's next sequence number, and reaches every connection in the
   * room but the sender's at least once, in the order of the numbers. A message id that the room knows keeps its number.
   * False where too many wait already: not taken.
   *
   * @param accepted called once, when the message outlives what the topology promises to outlive, with the stamps to add to
   *   the acknowledgement where it takes any; never for a lost one
   */
  send(message: ChatMessage, accepted: (hops?: string) => void): boolean;
  /**
   * Hands a frame to every connection in the channel, unstored: it is lost where a link is broken or too many wait, and
   * nobody is told. Frames of one gateway to one channel stay in order; to messages they have none.
   *
   * @param exceptConnection key of a connection that gets no copy; empty: none
   */
  notify(channel: string, frame: string, exceptConnection: string): void;
  /** This gateway now holds subscribers of the channel. Settles when whatever is sent from then on reaches it. */
  join(channel: string): Promise<void>;
  /** It holds none any more. Joins and leaves of a channel take effect in the order of the calls. */
  leave(channel: string): Promise<void>;
  /** The highest number seen here of a joined room. Absent where what is delivered is in the history already. */
  lastSeen?(room: string): number;
  /** Figures for `/stats`, by name; counts since start or current sizes. */
  gauges(): Readonly<Record<string, number>>;
  /** Settles when every message that was taken is accepted. */
  drained(): Promise<void>;
  /** Leaves the cluster with all channels. The last call. */
  exit(): Promise<void>;
}

/** @param frame valid during the call only */
export type Deliver = (channel: string, exceptConnection: string, frame: Buffer) => void;
