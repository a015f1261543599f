import type { Opening } from '../protocol/chat-protocol.ts';

/** One WebSocket of one virtual client, as the generator sees it. */
export interface Connection {
  readonly isOpen: boolean;
  /** Bytes handed over that the operating system has not taken yet. */
  readonly bufferedBytes: number;
  /** Sends one text frame. The bytes are copied before this returns: the caller may patch and send them again. */
  send(frame: Buffer): void;
  /** Between `cork` and `uncork` frames gather, to leave in one write. */
  cork(): void;
  uncork(): void;
  close(): void;
}

export interface ConnectionListener {
  /** The frame is valid during the call only. */
  onFrame(frame: Buffer): void;
  /** The other side closed, or the connection broke. Not called after `close`. */
  onClose(reason: string): void;
}

/** What came of an attempt to connect: data, never thrown. */
export type ConnectOutcome =
  | { readonly outcome: 'ok'; readonly connection: Connection }
  | { readonly outcome: 'timeout' | 'closed' | 'refused' | 'protocol'; readonly detail: string };

export interface Connector {
  connect(opening: Opening, timeoutUs: number, listener: ConnectionListener): Promise<ConnectOutcome>;
}
