import { NAME_PATTERN } from '../wire/names.ts';
import { TRACEPARENT_PATTERN } from '../wire/traceparent.ts';

/** A message that a gateway has accepted, on its way to a worker. */
export interface ChatMessage {
  readonly id: string;
  readonly room: string;
  /** The user that sent it. */
  readonly from: string;
  /** The connection that it came through, unique over all gateways; it gets no copy. */
  readonly connection: string;
  /** Milliseconds since 1970, in decimal digits. */
  readonly at: string;
  /** The body as a JSON string literal. It has no control characters, hence neither tab nor newline. */
  readonly bodyJson: string;
  /** Stamps of the hops so far (see `encodeStamp`), the first one being the gateway's; absent where none are taken. */
  readonly hops?: string;
  /** The trace that it belongs to (W3C Trace Context); absent: to none. */
  readonly traceparent?: string | undefined;
}

const TAB = '\t';

/** One line, without its end. */
export function encodeChatMessage(message: ChatMessage): string {
  const { id, room, from, connection, at, bodyJson, hops, traceparent } = message;
  let line = id + TAB + room + TAB + from + TAB + connection + TAB + at + TAB + bodyJson;
  if (hops !== undefined) line += TAB + hops;
  if (traceparent !== undefined) line += TAB + traceparent;
  return line;
}

const NAME = `(${NAME_PATTERN})`;
/** Of the body only a whole literal is asked for; the store refuses what is malformed inside. */
const LINE = new RegExp(
  `^${NAME}\\t${NAME}\\t${NAME}\\t${NAME}\\t(\\d{1,15})\\t("[^\\t]*")(?:\\t([0-9a-z]+))?(?:\\t(${TRACEPARENT_PATTERN}))?$`,
);

/** Null for what no gateway can have written. */
export function decodeChatMessage(line: string): ChatMessage | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, id, room, from, connection, at, bodyJson, hops, traceparent] = match as unknown as MessageFields;
  const message = { id, room, from, connection, at, bodyJson };
  if (traceparent !== undefined) return { ...message, ...(hops !== undefined && { hops }), traceparent };
  return hops === undefined ? message : { ...message, hops };
}

type Optional = string | undefined;
type MessageFields = readonly [string, string, string, string, string, string, string, Optional, Optional];
