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
}

const TAB = '\t';

export function encodeChatMessage(message: ChatMessage): Buffer {
  const { id, room, from, connection, at, bodyJson } = message;
  return Buffer.from(id + TAB + room + TAB + from + TAB + connection + TAB + at + TAB + bodyJson);
}

/** Null for what no gateway can have written. */
export function decodeChatMessage(content: Buffer): ChatMessage | null {
  const [id, room, from, connection, at, bodyJson, ...rest] = content.toString().split(TAB);
  if (!isName(id) || !isName(room) || !isName(from) || !isName(connection)) return null;
  if (at === undefined || bodyJson === undefined || rest.length > 0) return null;
  if (!/^\d{1,15}$/.test(at) || !isJsonText(bodyJson)) return null;
  return { id, room, from, connection, at, bodyJson };
}

/** Only a whole literal is checked cheaply here; the store checks the rest and refuses what is malformed inside. */
function isJsonText(text: string): boolean {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"');
}
