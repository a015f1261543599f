import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directRoomOf, usersOfDirectRoom } from './direct-room.ts';

/** Short names with many colons and digits: what could be mistaken for the room's own punctuation. */
const name = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', 'b', ':', '1', '2', '@', 'd') });

describe('the room of two users', () => {
  test('it is the same from both sides, and tells its users', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        const room = directRoomOf(a, b)!;
        expect(directRoomOf(b, a)).toBe(room);
        expect([...usersOfDirectRoom(room)!].sort()).toEqual([...new Set([a, b])].sort());
      }),
    );
  });

  test('two different pairs never share one', () => {
    fc.assert(
      fc.property(name, name, name, name, (a, b, c, d) => {
        const same = [a, b].sort().join(' ') === [c, d].sort().join(' ');
        expect(directRoomOf(a, b) === directRoomOf(c, d)).toBe(same);
      }),
    );
  });

  test('no other name is taken for one', () => {
    for (const room of ['r1', '@u:ann', '@d:', '@d:3:ann', '@d:3:bob:ann', '@d:4:ann:bob', '@d:x:ann:bob']) {
      expect(usersOfDirectRoom(room)).toBeNull();
    }
  });

  test('names that are too long together have none', () => {
    expect(directRoomOf('a'.repeat(61), 'b'.repeat(60))).not.toBeNull();
    expect(directRoomOf('a'.repeat(62), 'b'.repeat(60))).toBeNull();
  });
});
