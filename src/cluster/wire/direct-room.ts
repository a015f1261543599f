import { isName } from './names.ts';

const DIRECT = '@d:';

/**
 * The room of two users: the same whoever asks. The length of the first name stands before it, since names may contain the
 * colon between them. Null where both names together are too long for the name of a room.
 */
export function directRoomOf(one: string, other: string): string | null {
  const [first, second] = one < other ? [one, other] : [other, one];
  const room = `${DIRECT}${first.length}:${first}:${second}`;
  return isName(room) ? room : null;
}

/** The two users of a direct room, once where somebody talks to themselves; null for any other room. */
export function usersOfDirectRoom(room: string): readonly string[] | null {
  if (!room.startsWith(DIRECT)) return null;
  const [, digits, names] = /^@d:(\d{1,3}):(.*)$/.exec(room) ?? [];
  if (digits === undefined || names === undefined) return null;
  const first = names.slice(0, Number(digits));
  const second = names.slice(Number(digits) + 1);
  if (directRoomOf(first, second) !== room) return null;
  return first === second ? [first] : [first, second];
}
