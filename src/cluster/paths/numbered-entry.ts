import type { UnnumberedMessage } from '../ports/channel-bus.ts';
import type { ChatMessage } from '../ports/chat-message.ts';
import { encodeMessage } from '../wire/server-frame.ts';

/** A message that a gateway has taken and not yet accepted. */
export interface NumberedEntry extends UnnumberedMessage {
  readonly message: ChatMessage;
  readonly bytes: number;
  readonly accepted: () => void;
  /** 0 before it has one. */
  seq: number;
}

const NUMBER_KEY = '"seq":';

export function createEntry(message: ChatMessage, accepted: () => void): NumberedEntry {
  const { id, room, from, at, bodyJson, connection } = message;
  const frame = encodeMessage(id, room, 0, from, at, bodyJson);
  // The first one is the frame's own: what stands before it are names, which hold no quotes.
  const numberAt = frame.indexOf(NUMBER_KEY) + NUMBER_KEY.length;
  return {
    id,
    room,
    exceptConnection: connection,
    head: frame.slice(0, numberAt),
    tail: frame.slice(numberAt + 1),
    message,
    bytes: frame.length,
    accepted,
    seq: 0,
  };
}
