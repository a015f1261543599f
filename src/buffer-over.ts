/** The same bytes as a Buffer, without a copy: what a module yields is a Uint8Array, and patching wants a Buffer's methods. */
export function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
