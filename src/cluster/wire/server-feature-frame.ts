import type { Audience } from './client-feature-frame.ts';

/** What a gateway tells a client that uses more than joining and sending. */
export type ServerFeatureFrame =
  | LeftFrame
  | NoticeFrame
  | PresenceFrame
  | AliveFrame
  | TypingNoticeFrame
  | ReadReceiptFrame
  | NotificationFrame
  | HandedOverFrame
  | SubscribedFrame
  | SessionFrame
  | SyncedFrame
  | RateLimitedFrame;

/** No message to the room reaches this connection any more. */
export interface LeftFrame {
  readonly t: 'left';
  readonly room: string;
}

/** A member that joined with notices came or went. */
export interface NoticeFrame {
  readonly t: 'notice';
  readonly room: string;
  readonly user: string;
  readonly device: string;
  readonly event: 'joined' | 'left';
}

export interface PresenceFrame {
  readonly t: 'presence';
  readonly user: string;
  readonly online: boolean;
  /** What the user is up to; absent where nothing was said of it. */
  readonly status?: string;
}

/** Answers a heartbeat. */
export interface AliveFrame {
  readonly t: 'heartbeat';
  /** How long it holds, milliseconds. */
  readonly ttlMs: number;
}

export interface TypingNoticeFrame {
  readonly t: 'typing';
  readonly room: string;
  readonly user: string;
}

/** The user has read the room up to and including `seq`. */
export interface ReadReceiptFrame {
  readonly t: 'read';
  readonly room: string;
  readonly user: string;
  readonly seq: number;
}

export interface NotificationFrame {
  readonly t: 'notification';
  readonly id: string;
  readonly from: string;
  readonly to: Audience;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly body: string;
}

/** A notification was handed over. It is not stored: nobody knows whom it reached. */
export interface HandedOverFrame {
  readonly t: 'pushed';
  readonly id: string;
}

/** Notifications to the group reach this connection from now on. */
export interface SubscribedFrame {
  readonly t: 'subscribed';
  readonly group: string;
}

export interface SessionFrame {
  readonly t: 'session';
  readonly id: string;
  /** Id of the gateway that the client is connected to. */
  readonly gateway: string;
  /** The session was there: its rooms are joined again and synchronised. */
  readonly resumed: boolean;
  readonly rooms: readonly string[];
  /** How long it outlives its connection, milliseconds. */
  readonly ttlMs: number;
}

/** All that the device had missed of the room has been sent, up to and including `seq`; from now on it is live. */
export interface SyncedFrame {
  readonly t: 'synced';
  readonly room: string;
  readonly seq: number;
}

/** The message is refused: its sender has used up its quota. */
export interface RateLimitedFrame {
  readonly t: 'rate_limited';
  readonly id: string;
  readonly remaining: number;
  readonly retryAfterMs: number;
}

export function encodeLeft(room: string): string {
  return `{"t":"left","room":"${room}"}`;
}

export function encodeNotice(room: string, user: string, device: string, event: NoticeFrame['event']): string {
  return `{"t":"notice","room":"${room}","user":"${user}","device":"${device}","event":"${event}"}`;
}

export function encodePresence(user: string, online: boolean, status?: string): string {
  const end = status === undefined ? '}' : `,"status":${JSON.stringify(status)}}`;
  return `{"t":"presence","user":"${user}","online":${online}${end}`;
}

export function encodeAlive(ttlMs: number): string {
  return `{"t":"heartbeat","ttlMs":${ttlMs}}`;
}

export function encodeTyping(room: string, user: string): string {
  return `{"t":"typing","room":"${room}","user":"${user}"}`;
}

export function encodeReadReceipt(room: string, user: string, seq: number): string {
  return `{"t":"read","room":"${room}","user":"${user}","seq":${seq}}`;
}

export function encodeNotification(frame: Omit<NotificationFrame, 't'>): string {
  const { id, from, to, at, body } = frame;
  return `{"t":"notification","id":"${id}","from":"${from}","to":${JSON.stringify(to)},"at":${at},"body":${JSON.stringify(body)}}`;
}

export function encodePushed(id: string): string {
  return `{"t":"pushed","id":"${id}"}`;
}

export function encodeSubscribed(group: string): string {
  return `{"t":"subscribed","group":"${group}"}`;
}

export function encodeSession({ id, gateway, resumed, rooms, ttlMs }: Omit<SessionFrame, 't'>): string {
  return `{"t":"session","id":"${id}","gateway":"${gateway}","resumed":${resumed},"rooms":${JSON.stringify(rooms)},"ttlMs":${ttlMs}}`;
}

export function encodeSynced(room: string, seq: number): string {
  return `{"t":"synced","room":"${room}","seq":${seq}}`;
}

export function encodeRateLimited(id: string, remaining: number, retryAfterMs: number): string {
  return `{"t":"rate_limited","id":"${id}","remaining":${remaining},"retryAfterMs":${retryAfterMs}}`;
}
