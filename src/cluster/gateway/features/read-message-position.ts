/** Of a message frame: which room it is of, and its number there. Null for any other frame. */
export function readMessagePosition(frame: Buffer): { readonly room: string; readonly seq: number } | null {
  if (frame.indexOf(MESSAGE) !== 0) return null;
  // Names have no quotes: the first match is the key, not part of a value.
  const room = frame.indexOf(ROOM, MESSAGE.length) + ROOM.length;
  const afterRoom = frame.indexOf(QUOTE, room);
  const seq = frame.indexOf(SEQUENCE, afterRoom) + SEQUENCE.length;
  const number = Number.parseInt(frame.toString('latin1', seq, seq + 16), 10);
  return { room: frame.toString('latin1', room, afterRoom), seq: number };
}

const MESSAGE = Buffer.from('{"t":"message",');
const ROOM = Buffer.from('"room":"');
const SEQUENCE = Buffer.from('"seq":');
const QUOTE = 0x22;
