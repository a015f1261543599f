import { isName, isRoomName } from './names.ts';

/** What a client asks of its gateway. */
export type ClientFrame = JoinFrame | SendFrame;

export interface JoinFrame {
  readonly t: 'join';
  readonly room: string;
}

export interface SendFrame {
  readonly t: 'send';
  /** Unique within the room. Sending the same id again is a repetition of the same message, never a second one. */
  readonly id: string;
  readonly room: string;
  readonly body: string;
}

/** A frame that is none; `id` is the message's where it could still be read, so that the answer can name it. */
export interface UnreadableFrame {
  readonly t: 'unreadable';
  readonly id: string | null;
  readonly reason: string;
}

export function encodeJoin(room: string): string {
  return `{"t":"join","room":"${room}"}`;
}

export function encodeSend(id: string, room: string, body: string): string {
  return `{"t":"send","id":"${id}","room":"${room}","body":${JSON.stringify(body)}}`;
}

/** Yields the frame, or why it is none. Never throws. Unknown keys are ignored. */
export function parseClientFrame(text: string): ClientFrame | UnreadableFrame {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable(null, 'expected a JSON object');
  }
  if (typeof value !== 'object' || value === null) return unreadable(null, 'expected a JSON object');
  const { t, id, room, body } = value;
  if (t === 'send') {
    if (!isName(id)) return unreadable(null, 'expected "id" to be a name');
    if (!isRoomName(room)) return unreadable(id, 'expected "room" to be a name without "@" at its beginning');
    if (typeof body !== 'string') return unreadable(id, 'expected "body" to be a text');
    return { t, id, room, body };
  }
  if (t === 'join')
    return isRoomName(room)
      ? { t, room }
      : unreadable(null, 'expected "room" to be a name without "@" at its beginning');
  return unreadable(isName(id) ? id : null, 'expected "t" to be "join" or "send"');
}

function unreadable(id: string | null, reason: string): UnreadableFrame {
  return { t: 'unreadable', id, reason };
}
