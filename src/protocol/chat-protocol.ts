import type { HopReader } from '../record/hops.ts';

/**
 * The port "how to speak to some chat server". An adapter builds frames and tells received ones apart; correlation is not
 * its business, since every message body carries the marker.
 */
export interface ChatProtocol {
  readonly name: string;
  /** The server sends a message to its sender, too. */
  readonly senderReceives: boolean;
  /** The server acknowledges a message to its sender with a frame that holds the marker. */
  readonly acknowledges: boolean;
  /** Reads where a message's time went, in a protocol whose frames say so; null: they do not. */
  readonly hops: HopReader | null;

  /** How this client connects and becomes a member of its room. */
  open(client: ClientIdentity): Opening;

  /**
   * The frame by which the client sends a message, encoded once: `createMarker` goes wherever the server will carry it
   * to the recipients (and, where it acknowledges, back). `frame` is copied before it is patched.
   */
  encodeSend(client: ClientIdentity, marker: string, payloadBytes: number): SendTemplate;

  /** What a received frame is. Called for every frame: no parsing, no allocation. */
  classify(frame: Buffer): FrameKind;
}

export interface ClientIdentity {
  /** The client's number in the plan, from 0. */
  readonly client: number;
  readonly room: number;
  /** ws:// or wss:// address of the endpoint that this client uses. */
  readonly endpoint: string;
}

export interface Opening {
  readonly url: string;
  readonly subprotocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Sent in this order once the WebSocket is open. */
  readonly frames: readonly string[];
  /** Frames of kind `ready` to wait for before the client counts as joined. */
  readonly readyFrames: number;
}

export interface SendTemplate {
  readonly frame: Buffer;
  /** Where in the frame the markers begin: all of them get the message's sequence and room. */
  readonly markerOffsets: readonly number[];
}

/** `other`: heartbeats, presence, notices: whatever is neither of the rest. */
export type FrameKind = 'message' | 'ack' | 'error' | 'ready' | 'other';
