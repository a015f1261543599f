import type { SendTemplate } from '../protocol/chat-protocol.ts';
import { patchMarker } from '../record/marker.ts';

/**
 * A message template as a whole WebSocket frame (RFC 6455, section 5.2). Sending one more message is a copy of it and
 * sixteen patched digits: no header to build, no payload to mask.
 *
 * The masking key is 0, so that the masked payload is the payload. The standard wants an unpredictable key to guard proxies
 * against what hostile page scripts choose to send; no such script runs here, and servers must accept any key.
 */
export class FramedTemplate {
  readonly #frame: Buffer;
  readonly #markerOffsets: readonly number[];

  constructor({ frame: payload, markerOffsets }: SendTemplate) {
    const header = encodeHeader(payload.length);
    this.#frame = Buffer.concat([header, payload]);
    this.#markerOffsets = markerOffsets.map((offset) => header.length + offset);
  }

  /** `sequences.length` frames, back to back, in a buffer of their own. */
  encode(room: number, sequences: readonly number[]): Buffer {
    const length = this.#frame.length;
    const output = Buffer.allocUnsafe(length * sequences.length);
    let at = 0;
    for (const sequence of sequences) {
      this.#frame.copy(output, at);
      for (const offset of this.#markerOffsets) patchMarker(output, at + offset, sequence, room);
      at += length;
    }
    return output;
  }
}

const FIN_TEXT = 0x81;
const MASKED = 0x80;

function encodeHeader(payloadBytes: number): Buffer {
  if (payloadBytes < 126) return Buffer.from([FIN_TEXT, MASKED | payloadBytes, 0, 0, 0, 0]);
  if (payloadBytes < 65_536) {
    return Buffer.from([FIN_TEXT, MASKED | 126, payloadBytes >> 8, payloadBytes & 0xff, 0, 0, 0, 0]);
  }
  const header = Buffer.alloc(14);
  header[0] = FIN_TEXT;
  header[1] = MASKED | 127;
  header.writeUInt32BE(payloadBytes, 6);
  return header;
}
