/** RFC 6455, section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/**
 * A final frame of a client, in a buffer of its own. The masking key is 0, so that the masked payload is the payload; see
 * docs/decisions/0003-own-frames.md.
 */
export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  return Buffer.concat([encodeHeader(opcode, payload.length), payload]);
}

/** The header of a final client frame, masking key 0 included. */
export function encodeHeader(opcode: number, payloadBytes: number): Buffer {
  const first = FINAL | opcode;
  if (payloadBytes < 126) return Buffer.from([first, MASKED | payloadBytes, 0, 0, 0, 0]);
  if (payloadBytes < 65_536) {
    return Buffer.from([first, MASKED | 126, payloadBytes >> 8, payloadBytes & 0xff, 0, 0, 0, 0]);
  }
  const header = Buffer.alloc(14);
  header[0] = first;
  header[1] = MASKED | 127;
  header.writeUInt32BE(payloadBytes, 6);
  return header;
}

const FINAL = 0x80;
const MASKED = 0x80;
