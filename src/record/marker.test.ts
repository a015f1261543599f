import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANY_SHARD, createMarker, MARKER_BYTES, MAX_ROOM, MAX_SEQUENCE, MarkerReader, patchMarker } from './marker.ts';

describe('the marker', () => {
  it.each([7, 999, 'any'] as const)(
    'is 30 letters and digits, which nothing escapes or sanitises, of shard %s',
    (shard) => {
      expect(createMarker('ab9z', shard)).toMatch(/^[A-Za-z0-9]{30}$/);
      expect(MARKER_BYTES).toBe(30);
    },
  );

  it('has no room for another run id, or for a shard of four digits', () => {
    expect(() => createMarker('ab9', 1)).toThrow(/run id/);
    expect(() => createMarker('ab9z', 1000)).toThrow(/shard 1000/);
  });

  it('may belong to any shard', () => {
    const reader = new MarkerReader('ab9z');
    expect(reader.read(Buffer.from(createMarker('ab9z', 'any')))).toBe(true);
    expect(reader.shard).toBe(ANY_SHARD);
  });

  it.each([
    [0, 0],
    [1, 1],
    [1_234_567_890, 123_456],
    [MAX_SEQUENCE, MAX_ROOM],
  ])('reads back sequence %i and room %i', (sequence, room) => {
    const frame = Buffer.from(`{"body":"${createMarker('ab9z', 41)} hello"}`);
    patchMarker(frame, 9, sequence, room);
    const reader = new MarkerReader('ab9z');
    expect(reader.read(frame)).toBe(true);
    expect(reader).toMatchObject({ shard: 41, sequence, room });
  });

  it('is found wherever it stands, also when it stood elsewhere in the frame before', () => {
    const reader = new MarkerReader('ab9z');
    for (const prefix of ['', 'x', '{"seq":9,"body":"', '{"seq":10,"body":"', '']) {
      const frame = Buffer.from(`${prefix}${createMarker('ab9z', 1)}`);
      patchMarker(frame, prefix.length, 77, 5);
      expect(reader.read(frame)).toBe(true);
      expect(reader.sequence).toBe(77);
    }
  });

  it('is not found when it belongs to another run, is cut short or has other characters for digits', () => {
    const reader = new MarkerReader('ab9z');
    const marker = createMarker('ab9z', 1);
    for (const text of [
      '',
      'hello',
      createMarker('zzzz', 1),
      marker.slice(0, -1),
      marker.replace('n0000000000r', 'n00000x0000r'),
      marker.replace('r000000', 'x000000'),
      marker.replace('s001', 's0n1'),
      marker.toUpperCase(),
    ]) {
      expect(reader.read(Buffer.from(text))).toBe(false);
    }
  });

  it('is found as often as it stands in a frame, wherever that is, and whatever the frames before held', () => {
    const noise = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'Zqcbab9zs01n r"{,any') }),
      fc.base64String(),
      fc.constantFrom(createMarker('ab9z', 3).slice(0, 29), createMarker('zzzz', 3), '0'.repeat(40), ''),
    );
    const piece = fc.tuple(noise, fc.integer({ min: 0, max: MAX_SEQUENCE }), fc.integer({ min: 0, max: MAX_ROOM }));
    const reader = new MarkerReader('ab9z');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), noise, (pieces, end) => {
        const frame = Buffer.from(
          `${pieces.map(([before]) => `${before}|${createMarker('ab9z', 41)}`).join('')}|${end}`,
        );
        let at = 0;
        for (const [before, sequence, room] of pieces) {
          at += Buffer.byteLength(before) + 1;
          patchMarker(frame, at, sequence, room);
          at += MARKER_BYTES;
        }
        const found: string[] = [];
        for (let is = reader.read(frame); is; is = reader.readNext(frame))
          found.push(`${reader.sequence}/${reader.room}`);
        const all = pieces.map(([, sequence, room]) => `${sequence}/${room}`);
        expect(found).toEqual(all.filter((one, index) => index === 0 || one !== all[0]));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is passed over where it repeats the first of its frame, as an id does', () => {
    const [one, other] = [11, 12].map((sequence) => {
      const marker = Buffer.from(createMarker('ab9z', 1));
      patchMarker(marker, 0, sequence, 5);
      return marker.toString();
    });
    const reader = new MarkerReader('ab9z');
    const frame = Buffer.from(`[{"id":"${one}","text":"${one} hi"},{"id":"${other}","text":"${other} hi"}]`);
    const found: number[] = [];
    for (let is = reader.read(frame); is; is = reader.readNext(frame)) found.push(reader.sequence);
    expect(found).toEqual([11, 12, 12]);
  });
});
