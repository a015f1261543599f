/** A message with its number, and with the number up to which everything of the other side has arrived. */
export interface Parcel<Message> {
  /** From 1; 0: it is not numbered, and may be lost. */
  readonly seq: number;
  readonly ack: number;
  readonly message: Message;
}

/**
 * One side of a conversation over an engine that may lose what is under way when a connection breaks, and never repeats anything:
 * numbered messages arrive once and in order all the same.
 */
export interface ReliableLink<Out> {
  /** Numbered: kept until it is acknowledged. */
  send(message: Out): void;
  /** Lost where the connection is down just now. */
  mention(message: Out): void;
  /** Yields whether the message of this parcel is new, and its turn. */
  accept(parcel: Pick<Parcel<unknown>, 'seq' | 'ack'>): boolean;
  /** To be called a few times a second: sends again what has waited for too long. */
  tick(): void;
  /** Messages that are not acknowledged. */
  readonly unacknowledged: readonly Out[];
}

/** Ticks without any acknowledgement after which everything that waits for one is sent again. */
const PATIENCE_TICKS = 2;
const LONGEST_PATIENCE_TICKS = 16;

export function openReliableLink<Out>(publish: (parcel: Parcel<Out>) => void): ReliableLink<Out> {
  let waiting: { readonly seq: number; readonly message: Out }[] = [];
  let lastSeq = 0;
  let received = 0;
  let silentTicks = 0;
  let patience = PATIENCE_TICKS;
  return {
    send(message) {
      waiting.push({ seq: ++lastSeq, message });
      if (waiting.length === 1) silentTicks = 0;
      publish({ seq: lastSeq, ack: received, message });
    },
    mention: (message) => publish({ seq: 0, ack: received, message }),
    accept({ seq, ack }) {
      if (waiting.length > 0 && ack >= waiting[0]!.seq) {
        waiting = waiting.filter((one) => one.seq > ack);
        silentTicks = 0;
        patience = PATIENCE_TICKS;
      }
      if (seq === 0) return true;
      // One that is missing comes again, and with it all that follow.
      if (seq !== received + 1) return false;
      received = seq;
      return true;
    },
    tick() {
      if (waiting.length === 0 || ++silentTicks < patience) return;
      silentTicks = 0;
      // A large report on a slow line would else be sent over and over before its first copy has arrived.
      patience = Math.min(LONGEST_PATIENCE_TICKS, 2 * patience);
      for (const { seq, message } of waiting) publish({ seq, ack: received, message });
    },
    get unacknowledged() {
      return waiting.map(({ message }) => message);
    },
  };
}
