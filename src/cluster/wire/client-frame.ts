import { type ClientFeatureFrame, FEATURE_KINDS, readFeatureFrame } from './client-feature-frame.ts';
import { isName, isRoomName, NAME_PATTERN } from './names.ts';
import { readTraceparent, TRACEPARENT_PATTERN } from './traceparent.ts';

/** What a client asks of its gateway. */
export type ClientFrame = JoinFrame | SendFrame | ClientFeatureFrame;

export interface JoinFrame {
  readonly t: 'join';
  readonly room: string;
  /** Tell the others of this kind that I came and went, and tell me the same of them. */
  readonly notices: boolean;
}

export interface SendFrame {
  readonly t: 'send';
  /** Unique within the room. Sending the same id again is a repetition of the same message, never a second one. */
  readonly id: string;
  readonly room: string;
  readonly body: string;
  /** The trace that it belongs to, passed on to its recipients; absent: to none. */
  readonly traceparent?: string | undefined;
}

/** A frame that is none; `id` is the message's where it could still be read, so that the answer can name it. */
export interface UnreadableFrame {
  readonly t: 'unreadable';
  readonly id: string | null;
  readonly reason: string;
}

export function encodeJoin(room: string, notices = false): string {
  return `{"t":"join","room":"${room}"${notices ? ',"notices":true' : ''}}`;
}

export function encodeSend(id: string, room: string, body: string): string {
  return `{"t":"send","id":"${id}","room":"${room}","body":${JSON.stringify(body)}}`;
}

/** The usual form of a `send`: as `encodeSend` writes it, with a trace or without, and nothing in the body that JSON would escape. */
const PLAIN_SEND = new RegExp(
  `^\\{"t":"send","id":"(${NAME_PATTERN})","room":"((?!@)${NAME_PATTERN})","body":("[ !#-[\\]-~]*")` +
    `(?:,"traceparent":"(${TRACEPARENT_PATTERN})")?\\}$`,
);

/** A message to a room; the body as a JSON string literal. */
export interface RoomMessage {
  readonly id: string;
  readonly room: string;
  readonly bodyJson: string;
  /** See `SendFrame`. */
  readonly traceparent?: string | undefined;
}

/** A `send` of the usual form, read at a fraction of the cost; null for every other text, see `parseClientFrame`. */
export function readPlainSend(text: string): RoomMessage | null {
  const match = PLAIN_SEND.exec(text);
  return match === null ? null : { id: match[1]!, room: match[2]!, bodyJson: match[3]!, traceparent: match[4] };
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
    return { t, id, room, body, traceparent: readTraceparent(value.traceparent) };
  }
  if (t === 'join')
    return isRoomName(room)
      ? { t, room, notices: value.notices === true }
      : unreadable(null, 'expected "room" to be a name without "@" at its beginning');
  const feature = readFeatureFrame(value) ?? UNKNOWN_KIND;
  return typeof feature === 'string' ? unreadable(isName(id) ? id : null, feature) : feature;
}

const UNKNOWN_KIND = `expected "t" to be one of join, send, ${FEATURE_KINDS.join(', ')}`;

function unreadable(id: string | null, reason: string): UnreadableFrame {
  return { t: 'unreadable', id, reason };
}
