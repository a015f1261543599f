import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMarker, MarkerReader } from '../../record/marker.ts';
import { FramedTemplates } from './framed-templates.ts';

const marker = createMarker('test', 7);

it('encodes whole masked text frames, back to back, each with its own marker, for bodies of any size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 70_000 }), { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(fc.nat({ max: 9_999_999_999 }), fc.nat({ max: 2 })), { minLength: 1, maxLength: 5 }),
      (paddings, messages) => {
        const templates = paddings.map((padding) => ({
          frame: Buffer.from(`{"id":"${marker}","body":"${marker}${'x'.repeat(padding)}","seq":10000000000}`),
          markerOffsets: [7, 7 + marker.length + 10],
          sequenceOffsets: [`{"id":"${marker}","body":"${marker}${'x'.repeat(padding)}","seq":1`.length],
        }));
        const payloads = messages.map(([, payload]) => payload % templates.length);
        const sequences = messages.map(([sequence]) => sequence);
        const bodies = parseFrames(new FramedTemplates(templates).encode(42, sequences, payloads));
        expect(bodies).toHaveLength(messages.length);
        for (const [i, body] of bodies.entries()) {
          const reader = new MarkerReader('test');
          expect(reader.read(body)).toBe(true);
          expect(reader).toMatchObject({ shard: 7, sequence: sequences[i], room: 42 });
          const filled = body.toString('latin1', 7, 7 + marker.length);
          const expected = templates[payloads[i]!]!.frame.toString('latin1')
            .replaceAll(marker, filled)
            .replace(/\d{11}}$/, `1${String(sequences[i]).padStart(10, '0')}}`);
          expect(body.toString('latin1') === expected).toBe(true);
        }
      },
    ),
    { numRuns: 50 },
  );
});

/** A plain reading of RFC 6455, section 5.2: final, masked text frames only. */
function parseFrames(bytes: Buffer): Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    expect(bytes[at]).toBe(0x81);
    expect(bytes[at + 1]! & 0x80).toBe(0x80);
    const short = bytes[at + 1]! & 0x7f;
    const [length, headerBytes] =
      short < 126
        ? [short, 2]
        : short === 126
          ? [bytes.readUInt16BE(at + 2), 4]
          : [Number(bytes.readBigUInt64BE(at + 2)), 10];
    const key = bytes.subarray(at + headerBytes, at + headerBytes + 4);
    const start = at + headerBytes + 4;
    bodies.push(Buffer.from(bytes.subarray(start, start + length).map((byte, i) => byte ^ key[i & 3]!)));
    at = start + length;
  }
  return bodies;
}
