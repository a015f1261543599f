import { usersOfDirectRoom } from './direct-room.ts';
import { isName, isRoomName } from './names.ts';
import { readTraceparent } from './traceparent.ts';

/** What a client asks for besides joining and sending. */
export type ClientFeatureFrame =
  | LeaveFrame
  | DirectFrame
  | CursorFrame
  | SyncFrame
  | TypingFrame
  | ReadFrame
  | HeartbeatFrame
  | WatchFrame
  | SubscribeFrame
  | NotifyFrame;

export interface LeaveFrame {
  readonly t: 'leave';
  readonly room: string;
}

/** A message to one user: to the room of the two. */
export interface DirectFrame {
  readonly t: 'direct';
  readonly id: string;
  readonly to: string;
  readonly body: string;
  /** See `SendFrame`. */
  readonly traceparent?: string | undefined;
}

/** This device has everything of the room up to and including `seq`. */
export interface CursorFrame {
  readonly t: 'cursor';
  readonly room: string;
  readonly seq: number;
}

/** Become a member, and get what came after `after`; null: after the device's cursor, which the cluster knows. */
export interface SyncFrame {
  readonly t: 'sync';
  readonly room: string;
  readonly after: number | null;
}

export interface TypingFrame {
  readonly t: 'typing';
  readonly room: string;
}

/** The user has read the room up to and including `seq`. */
export interface ReadFrame {
  readonly t: 'read';
  readonly room: string;
  readonly seq: number;
}

/** The user is there; holds for the time that the gateway's answer names. */
export interface HeartbeatFrame {
  readonly t: 'heartbeat';
  /** What the user is up to, told to those who watch; at most `STATUS_LIMIT` characters. Absent: it says nothing of it. */
  readonly status?: string;
}

/** Longest status of a user, characters. */
export const STATUS_LIMIT = 256;

/** Tell me now, and whenever it changes, whether this user is there. */
export interface WatchFrame {
  readonly t: 'watch' | 'unwatch';
  readonly user: string;
}

/** Notifications to this group reach this connection from now on, or no longer. */
export interface SubscribeFrame {
  readonly t: 'subscribe' | 'unsubscribe';
  readonly group: string;
}

export interface NotifyFrame {
  readonly t: 'notify';
  readonly id: string;
  readonly to: Audience;
  readonly body: string;
}

/** Whom a notification is for. */
export type Audience = { readonly user: string } | { readonly group: string } | { readonly everyone: true };

export function encodeTyping(room: string): string {
  return `{"t":"typing","room":"${room}"}`;
}

/** @param seq a number as JSON has it, which may have spaces before it */
export function encodeRead(room: string, seq: string): string {
  return `{"t":"read","room":"${room}","seq":${seq}}`;
}

/** The frame, the reason why it is none, or null where `t` names no such kind. */
export function readFeatureFrame(value: Record<string, unknown>): ClientFeatureFrame | string | null {
  const { t } = value;
  if (typeof t !== 'string' || !Object.hasOwn(READERS, t)) return null;
  return READERS[t as ClientFeatureFrame['t']](value);
}

export const FEATURE_KINDS = [
  'leave',
  'direct',
  'cursor',
  'sync',
  'typing',
  'read',
  'heartbeat',
  'watch',
  'unwatch',
  'subscribe',
  'unsubscribe',
  'notify',
] as const satisfies readonly ClientFeatureFrame['t'][];

type Reader = (value: Record<string, unknown>) => ClientFeatureFrame | string;

const READERS: Readonly<Record<ClientFeatureFrame['t'], Reader>> = {
  leave: ({ room }) => (isRoomName(room) ? { t: 'leave', room } : NO_ROOM),
  typing: ({ room }) => (isRoom(room) ? { t: 'typing', room } : NO_ROOM),
  heartbeat({ status }) {
    if (status === undefined) return { t: 'heartbeat' };
    const isStatus = typeof status === 'string' && status.length <= STATUS_LIMIT;
    return isStatus
      ? { t: 'heartbeat', status }
      : `expected "status" to be a text of at most ${STATUS_LIMIT} characters`;
  },
  cursor: (value) => readPosition('cursor', value),
  read: (value) => readPosition('read', value),
  watch: ({ user }) => (isName(user) ? { t: 'watch', user } : NO_USER),
  unwatch: ({ user }) => (isName(user) ? { t: 'unwatch', user } : NO_USER),
  subscribe: ({ group }) => (isName(group) ? { t: 'subscribe', group } : NO_GROUP),
  unsubscribe: ({ group }) => (isName(group) ? { t: 'unsubscribe', group } : NO_GROUP),
  direct({ id, to, body, traceparent }) {
    if (!isName(id)) return 'expected "id" to be a name';
    if (!isName(to)) return 'expected "to" to be the name of a user';
    if (typeof body !== 'string') return 'expected "body" to be a text';
    return { t: 'direct', id, to, body, traceparent: readTraceparent(traceparent) };
  },
  sync({ room, after }) {
    if (!isRoom(room)) return NO_ROOM;
    if (after === undefined || after === null) return { t: 'sync', room, after: null };
    return isSequence(after) ? { t: 'sync', room, after } : 'expected "after" to be a whole number from 0';
  },
  notify({ id, to, body }) {
    if (!isName(id)) return 'expected "id" to be a name';
    if (typeof body !== 'string') return 'expected "body" to be a text';
    const audience = readAudience(to);
    return audience === null ? EXPECTED_AUDIENCE : { t: 'notify', id, to: audience, body };
  },
};

export const EXPECTED_AUDIENCE = 'expected "to" to be {"user":NAME}, {"group":NAME} or {"everyone":true}';
const NO_ROOM = 'expected "room" to be a name';
const NO_USER = 'expected "user" to be a name';
const NO_GROUP = 'expected "group" to be a name';

/** Null for what is none. */
export function readAudience(to: unknown): Audience | null {
  if (typeof to !== 'object' || to === null || Object.keys(to).length !== 1) return null;
  const { user, group, everyone } = to as Record<string, unknown>;
  if (isName(user)) return { user };
  if (isName(group)) return { group };
  return everyone === true ? { everyone } : null;
}

/** A room that a client may name: one that can be joined, or a direct one. */
export function isRoom(value: unknown): value is string {
  return isRoomName(value) || (isName(value) && usersOfDirectRoom(value) !== null);
}

/** Position in a room: a whole number from 0. */
export function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function readPosition(t: 'cursor' | 'read', { room, seq }: Record<string, unknown>): CursorFrame | ReadFrame | string {
  if (!isRoom(room)) return NO_ROOM;
  return isSequence(seq) ? { t, room, seq } : 'expected "seq" to be a whole number from 0';
}
