/**
 * Reads the plain frames at the beginning of a chunk: whole, final, unmasked text or binary frames below 64 KiB, which is what a
 * chat server sends nearly always (RFC 6455, section 5.2). Stops at the first other byte sequence: a control frame, a
 * fragment, a compressed or large frame, or one that goes on in the next chunk.
 *
 * @param maxPayloadBytes it stops at a larger one, too
 * @returns where it stopped; `chunk.length` where everything was read
 */
export function readWholeFrames(chunk: Buffer, onFrame: (payload: Buffer) => void, maxPayloadBytes = 65_535): number {
  let at = 0;
  while (at + 2 <= chunk.length) {
    const first = chunk[at]!;
    if (first !== FINAL_TEXT && first !== FINAL_BINARY) break;
    const short = chunk[at + 1]!;
    let start = at + 2;
    let length = short;
    if (short > 125) {
      if (short !== LENGTH_16 || at + 4 > chunk.length) break;
      length = (chunk[at + 2]! << 8) | chunk[at + 3]!;
      start = at + 4;
    }
    const end = start + length;
    if (end > chunk.length || length > maxPayloadBytes) break;
    onFrame(chunk.subarray(start, end));
    at = end;
  }
  return at;
}

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;
const LENGTH_16 = 126;
