import type { UnnumberedMessage } from '../ports/channel-bus.ts';
import type { ChatMessage } from '../ports/chat-message.ts';
import { encodeMessage, endMessage } from '../wire/server-frame.ts';

/** A message that a gateway has taken and not yet accepted. */
export interface NumberedEntry extends UnnumberedMessage {
  readonly message: ChatMessage;
  readonly bytes: number;
  /** @param stamps what the acknowledgement is to have besides the gateway's own; empty where none are taken */
  readonly accepted: (stamps: string) => void;
  /** 0 before it has one. */
  seq: number;
  /** See `UnnumberedMessage`; whole from `stampPublished` on. */
  tail: string;
  /** The frame after its number, without its end. */
  readonly rest: string;
  /** Of the stations since the gateway; empty where no stamps are taken. */
  stamps: string;
}

const NUMBER_KEY = '"seq":';

export function createEntry(message: ChatMessage, accepted: (stamps: string) => void): NumberedEntry {
  const { id, room, from, at, bodyJson, connection } = message;
  const frame = encodeMessage(id, room, 0, from, at, bodyJson);
  // The first one is the frame's own: what stands before it are names, which hold no quotes.
  const numberAt = frame.indexOf(NUMBER_KEY) + NUMBER_KEY.length;
  return {
    id,
    room,
    exceptConnection: connection,
    head: frame.slice(0, numberAt),
    tail: '',
    rest: frame.slice(numberAt + 1, -endMessage('', '').length),
    message,
    bytes: frame.length,
    accepted,
    seq: 0,
    stamps: '',
  };
}

/** As it goes out now: to be called before each try to publish it. @param stamp of now; kept where the message has stamps */
export function stampPublished(entry: NumberedEntry, stamp: string): void {
  const { hops, traceparent = '' } = entry.message;
  entry.stamps = hops === undefined ? '' : stamp;
  entry.tail = entry.rest + endMessage(hops === undefined ? '' : hops + stamp, traceparent);
}

/** The next station of its acknowledgement is passed. */
export function stampNext(entry: NumberedEntry, stamp: string): void {
  if (entry.stamps !== '') entry.stamps += stamp;
}
