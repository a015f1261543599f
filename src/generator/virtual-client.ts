import type { ChatProtocol, ClientIdentity, SendTemplate } from '../protocol/chat-protocol.ts';
import { patchMarker } from '../record/marker.ts';
import type { Connection } from './connection.ts';

/** One virtual user: its place in the plan, its connection, and its send frame, encoded once. */
export class VirtualClient {
  readonly identity: ClientIdentity;
  connection: Connection | null = null;
  /** In the list of those to uncork at the end of the tick. */
  corked = false;
  readonly #encode: () => SendTemplate;
  #template: SendTemplate | null = null;

  constructor(identity: ClientIdentity, protocol: ChatProtocol, marker: string, payloadBytes: number) {
    this.identity = identity;
    this.#encode = () => protocol.encodeSend(identity, marker, payloadBytes);
  }

  get canSend(): boolean {
    return this.connection?.isOpen === true && this.connection.bufferedBytes < BUFFER_LIMIT_BYTES;
  }

  /** Sends message `sequence` of this shard. Only while `canSend`. */
  send(sequence: number): void {
    this.#template ??= this.#encode();
    const { frame, markerOffsets } = this.#template;
    for (const offset of markerOffsets) patchMarker(frame, offset, sequence, this.identity.room);
    this.connection!.send(frame);
  }
}

/** Beyond it the server does not take what is sent: further sends are skipped and counted, never queued without end. */
export const BUFFER_LIMIT_BYTES = 4 * 1024 * 1024;
