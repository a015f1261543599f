import { describe, expect, it } from 'vitest';
import { EntrySizes } from './entry-sizes.ts';

/** Readings of [entries, messages], each since the start. */
function after(...readings: readonly (readonly [number, number])[]): EntrySizes {
  const sizes = new EntrySizes();
  for (const [entries, messages] of readings) sizes.note(entries, messages);
  return sizes;
}

describe('messages in waiting entries', () => {
  it('are none where nothing waits, and one each where publishers tell nothing', () => {
    expect(after([10, 30]).messagesIn(0)).toBe(0);
    expect(after().messagesIn(5)).toBe(5);
    expect(after([0, 0]).messagesIn(5)).toBe(5);
  });

  it('are those published since the oldest waiting entry, whatever the size of earlier ones', () => {
    const sizes = after([100, 100], [110, 150], [112, 250]);
    expect(sizes.messagesIn(2)).toBe(100);
    expect(sizes.messagesIn(12)).toBe(150);
  });

  it('are taken linearly between two readings', () => {
    expect(after([100, 100], [110, 150]).messagesIn(4)).toBe(20);
  });

  it('have the mean size of all entries before the first reading', () => {
    expect(after([100, 300]).messagesIn(10)).toBe(30);
    expect(after([100, 300], [110, 400]).messagesIn(60)).toBe(250);
  });

  it('never exceed what was published, also where more entries wait than the publishers tell of', () => {
    expect(after([10, 30]).messagesIn(10)).toBe(30);
    expect(after([10, 30]).messagesIn(12)).toBe(36);
  });

  it('start anew where a publisher did', () => {
    expect(after([1000, 50_000], [20, 40]).messagesIn(10)).toBe(20);
  });

  it('keep a bounded number of readings', () => {
    const sizes = new EntrySizes();
    for (let i = 1; i <= 5_000; i++) sizes.note(i, i * 3);
    expect(sizes.messagesIn(4_500)).toBe(13_500);
  });
});
