import type { Opening, SendTemplate } from '../protocol/chat-protocol.ts';

/** One WebSocket of one virtual client, as the generator sees it. */
export interface Connection {
  readonly isOpen: boolean;
  /** Bytes handed over that the operating system has not taken yet. */
  readonly bufferedBytes: number;
  /**
   * Sends a frame that is no message, as all of the connection are; one that is encoded already may be reused once this returns.
   *
   * @param isBinary in a binary frame, whatever all others are
   */
  sendText(text: string | Uint8Array, isBinary?: boolean): void;
  /** Sends a WebSocket ping without payload. */
  sendPing(): void;
  /**
   * Sends one message per sequence, in order and in one write; message i is built from `templates[payloads[i]]`. For one room a
   * connection is always given the same list of templates. The other two may be reused once this returns.
   *
   * @param onWrite told of messages right before they are written: of all of them at once, or of each when its turn has come
   */
  sendMessages(
    templates: readonly SendTemplate[],
    room: number,
    sequences: readonly number[],
    payloads: readonly number[],
    onWrite: OnWrite,
  ): void;
  /** From now on nothing is read, so that what the server sends piles up on the way. */
  pauseReading(): void;
  resumeReading(): void;
  close(): void;
}

/** The list is valid during the call only. */
export type OnWrite = (sequences: readonly number[]) => void;

export interface ConnectionListener {
  /** The frame is valid during the call only. Called without `this`. */
  readonly onFrame: (frame: Buffer) => void;
  /**
   * The other side closed, or the connection broke. Not called after `close`.
   *
   * @param code the other side's close code, or HTTP status; undefined: it gave none
   */
  onClose(reason: string, code?: number): void;
}

/** What came of an attempt to connect: data, never thrown. */
export type ConnectOutcome = Connected | Refusal;

export interface Connected {
  readonly outcome: 'ok';
  readonly connection: Connection;
  /** It was open so long before it was known to be, µs; 0 where absent. */
  readonly heldUs?: number;
}

export interface Refusal {
  readonly outcome: 'timeout' | 'closed' | 'refused' | 'protocol';
  /** The same text for the same cause: failures are counted by it. */
  readonly detail: string;
  /** The generator could not even try: out of files or ports, a host that it may not load or does not know. */
  readonly isOwn?: true;
  /** What the server answered in place of 101; absent where it did not speak HTTP. */
  readonly answer?: HandshakeAnswer;
}

export interface HandshakeAnswer {
  readonly status: number;
  /** The header `Location`, as it came; null: there was none. */
  readonly location: string | null;
}

export interface Connector {
  /** The handshake has the opening's headers and subprotocols. Only an answer of 101 is a success: no redirect is followed. */
  connect(opening: Opening, timeoutUs: number, listener: ConnectionListener): Promise<ConnectOutcome>;
}
