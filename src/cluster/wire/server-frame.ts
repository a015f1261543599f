import { NO_STAMP } from './hop-stamps.ts';
import type { ServerFeatureFrame } from './server-feature-frame.ts';

/**
 * What a gateway tells a client. `"t"` is always the first key. The kinds that a client counts by the thousand, and that
 * every client meets, differ from all others in their first letter, so that one byte tells them.
 */
export type ServerFrame = JoinedFrame | AckFrame | MessageFrame | ErrorFrame | ServerFeatureFrame;

/** From now on every message to the room reaches this connection. */
export interface JoinedFrame {
  readonly t: 'joined';
  readonly room: string;
}

/** The message is kept durably and will be delivered at least once. */
export interface AckFrame {
  readonly t: 'ack';
  readonly id: string;
  /** Where its time went, see `ACK_STATIONS` and `CHANNEL_ACK_STATIONS`; absent where no stamps are taken. */
  readonly hops?: string;
}

export interface MessageFrame {
  readonly t: 'message';
  readonly id: string;
  readonly room: string;
  /** Position in the room, from 1, without gaps. A repeated delivery has the number of the first. */
  readonly seq: number;
  /** The user that sent it. */
  readonly from: string;
  /** When its gateway accepted it, milliseconds since 1970. */
  readonly at: number;
  readonly body: string;
  /** As its sender gave it; absent where there was none, and of what is read from the history. */
  readonly traceparent?: string;
  /** Where its time went, see `DELIVERY_STATIONS` and `CHANNEL_DELIVERY_STATIONS`; absent where no stamps are taken. */
  readonly hops?: string;
}

export interface ErrorFrame {
  readonly t: 'error';
  /** The message that is refused; null where the frame named none. */
  readonly id: string | null;
  readonly code: WireErrorCode;
  readonly text: string;
}

export type WireErrorCode = 'bad-frame' | 'not-a-member' | 'forbidden' | 'too-many' | 'overloaded' | 'unavailable';

export type ServerFrameKind = ServerFrame['t'];

const KIND_AT = '{"t":"'.length;
const KIND_OF_LETTER: ReadonlyMap<number, ServerFrameKind> = new Map(
  (['joined', 'ack', 'message', 'error'] as const).map((kind) => [kind.charCodeAt(0), kind]),
);
const FEATURE_KINDS = [
  'left',
  'notice',
  'presence',
  'heartbeat',
  'typing',
  'read',
  'notification',
  'pushed',
  'subscribed',
  'session',
  'synced',
  'rate_limited',
] as const satisfies readonly ServerFeatureFrame['t'][];

/** The kind of a server's frame, without parsing; undefined for what no gateway sends. */
export function kindOfServerFrame(frame: Uint8Array): ServerFrameKind | undefined {
  return KIND_OF_LETTER.get(frame[KIND_AT] ?? 0) ?? kindOfFeatureFrame(frame);
}

function kindOfFeatureFrame(frame: Uint8Array): ServerFrameKind | undefined {
  return FEATURE_KINDS.find((kind) => {
    const end = KIND_AT + kind.length;
    if (frame[end] !== QUOTE) return false;
    for (let i = 0; i < kind.length; i++) if (frame[KIND_AT + i] !== kind.charCodeAt(i)) return false;
    return true;
  });
}

const QUOTE = 0x22;

export function encodeJoined(room: string): string {
  return `{"t":"joined","room":"${room}"}`;
}

/** @param hops stamps of all stations; empty: none are taken */
export function encodeAck(id: string, hops = ''): string {
  return hops === '' ? `{"t":"ack","id":"${id}"}` : `{"t":"ack","id":"${id}","hops":"${hops}"}`;
}

/**
 * @param bodyJson the body as a JSON string literal, quotes included
 * @param hops     stamps of all stations but the last, which the gateway that writes the frame patches in; empty: none
 *   are taken
 * @param traceparent empty: there is none
 */
export function encodeMessage(
  id: string,
  room: string,
  seq: number,
  from: string,
  at: number | string,
  bodyJson: string,
  hops = '',
  traceparent = '',
): string {
  return `{"t":"message","id":"${id}","room":"${room}","seq":${seq},"from":"${from}","at":${at},"body":${bodyJson}${endMessage(hops, traceparent)}`;
}

/** The end of a message's frame, what follows its body. The stamps are the last, where they are found without parsing. */
export function endMessage(hops: string, traceparent: string): string {
  const trace = traceparent === '' ? '' : `,"traceparent":"${traceparent}"`;
  return hops === '' ? `${trace}}` : `${trace},"hops":"${hops}${NO_STAMP}"}`;
}

/** The `seq` of a message frame, without parsing: names hold no quote, so that counting quotes finds it. −1: none. */
export function readMessageSeq(frame: Uint8Array): number {
  let quotes = 0;
  let at = KIND_AT;
  while (quotes < QUOTES_BEFORE_SEQ && at < frame.length) if (frame[at++] === QUOTE) quotes++;
  let seq = -1;
  for (at++; at < frame.length; at++) {
    const digit = frame[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    seq = Math.max(0, seq) * 10 + digit;
  }
  return seq;
}

const ZERO = 0x30;
/** `message"`, `"id":"…"`, `"room":"…"`, `"seq"`. */
const QUOTES_BEFORE_SEQ = 11;

export function encodeError(id: string | null, code: WireErrorCode, text: string): string {
  return `{"t":"error","id":${id === null ? 'null' : `"${id}"`},"code":"${code}","text":${JSON.stringify(text)}}`;
}

/** Parses what a gateway sent. Throws a SyntaxError where it is no JSON. */
export function parseServerFrame(text: string): ServerFrame {
  return JSON.parse(text);
}
