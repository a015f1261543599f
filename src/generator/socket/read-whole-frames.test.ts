import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWholeFrames } from './read-whole-frames.ts';

/** Payload sizes around the borders of the length encoding. */
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom(125, 126, 127, 65_535).map((length) => new Uint8Array(length).fill(7)),
);

describe('plain frames', () => {
  it('are read whole, in order, until the first that goes on in the next chunk', () => {
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 6 }), fc.nat({ max: 40 }), (payloads, cut) => {
        const bytes = Buffer.concat(payloads.map((body) => encode(0x81, body)));
        const chunk = bytes.subarray(0, Math.max(0, bytes.length - cut));
        const read: Buffer[] = [];
        const at = readWholeFrames(chunk, (body) => read.push(Buffer.from(body)));
        expect(read).toEqual(payloads.slice(0, read.length).map((body) => Buffer.from(body)));
        expect(at).toBe(payloads.slice(0, read.length).reduce((sum, body) => sum + encode(0x81, body).length, 0));
        // Nothing that was whole is left.
        const next = payloads[read.length];
        if (next !== undefined) expect(at + encode(0x81, next).length).toBeGreaterThan(chunk.length);
      }),
    );
  });

  it.each([
    ['a ping', Buffer.from([0x89, 0])],
    ['a close', Buffer.from([0x88, 0])],
    ['a fragment', Buffer.from([0x01, 1, 65])],
    ['a compressed frame', Buffer.from([0xc1, 1, 65])],
    ['a frame with a 64-bit length', Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0])],
    ['a masked frame', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 65])],
    ['half a header', Buffer.from([0x81])],
  ])('stop at %s', (_, other) => {
    const read: string[] = [];
    const at = readWholeFrames(Buffer.concat([encode(0x81, Buffer.from('hi')), other]), (body) =>
      read.push(String(body)),
    );
    expect([read, at]).toEqual([['hi'], 4]);
  });
});

function encode(first: number, body: Uint8Array): Buffer {
  const header =
    body.length < 126
      ? Buffer.from([first, body.length])
      : Buffer.from([first, 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([header, body]);
}
