import { isName } from '../../wire/names.ts';

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
}

const TAB = '\t';

/** One line, without its end. */
export function encodeChatMessage(message: ChatMessage): string {
  const { id, room, from, connection, at, bodyJson, hops } = message;
  const line = id + TAB + room + TAB + from + TAB + connection + TAB + at + TAB + bodyJson;
  return hops === undefined ? line : line + TAB + hops;
}

/** Null for what no gateway can have written. */
export function decodeChatMessage(line: string): ChatMessage | null {
  const [id, room, from, connection, at, bodyJson, hops, ...rest] = line.split(TAB);
  if (!isName(id) || !isName(room) || !isName(from) || !isName(connection)) return null;
  if (at === undefined || bodyJson === undefined || rest.length > 0) return null;
  if (!/^\d{1,15}$/.test(at) || !isJsonText(bodyJson)) return null;
  const message = { id, room, from, connection, at, bodyJson };
  if (hops === undefined) return message;
  return isName(hops) ? { ...message, hops } : null;
}

/** Only a whole literal is checked cheaply here; the store checks the rest and refuses what is malformed inside. */
function isJsonText(text: string): boolean {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"');
}
