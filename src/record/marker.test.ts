import { describe, expect, it } from 'vitest';
import { createMarker, MARKER_BYTES, MAX_ROOM, MAX_SEQUENCE, MarkerReader, patchMarker } from './marker.ts';

describe('the marker', () => {
  it('is 30 characters that JSON, XML and URLs carry unchanged', () => {
    const marker = createMarker('ab9z', 7);
    expect(marker).toHaveLength(MARKER_BYTES);
    expect(JSON.stringify(marker)).toBe(`"${marker}"`);
    expect(encodeURIComponent(marker)).toBe(marker);
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
      marker.replace('.0000000000.', '.00000x0000.'),
    ]) {
      expect(reader.read(Buffer.from(text))).toBe(false);
    }
  });
});
