const FINAL_TEXT = '\x81';
/** In place of a length: it follows in 16 or in 64 bits. */
const IN_16_BITS = 126;
const IN_64_BITS = 127;

const HEADERS: readonly string[] = Array.from({ length: IN_16_BITS }, (_, length) => FINAL_TEXT + byte(length));

/**
 * A server's text frame in one piece (RFC 6455, section 5.2), each of its bytes a character: such strings are joined without
 * copying, and written as `latin1` without a buffer.
 *
 * @param payload a buffer holds UTF-8
 */
export function encodeTextFrame(payload: string | Buffer): string {
  const bytes = typeof payload === 'string' ? toBytes(payload) : payload.toString('latin1');
  const { length } = bytes;
  if (length < IN_16_BITS) return HEADERS[length]! + bytes;
  if (length < 0x10000) return FINAL_TEXT + byte(IN_16_BITS) + byte(length >> 8) + byte(length & 0xff) + bytes;
  const header = Buffer.alloc(8);
  header.writeBigUInt64BE(BigInt(length));
  return FINAL_TEXT + byte(IN_64_BITS) + header.toString('latin1') + bytes;
}

function toBytes(text: string): string {
  // As many bytes as characters: all of them ASCII.
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}

function byte(value: number): string {
  return String.fromCharCode(value);
}
