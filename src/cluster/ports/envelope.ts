import { type ChatMessage, decodeChatMessage } from './chat-message.ts';

/** Most messages of one envelope. What a consumer holds unacknowledged is bounded by this times its prefetch. */
export const ENVELOPE_MESSAGES = 50;

/** An envelope that has reached this size is closed, bytes. */
export const ENVELOPE_BYTES = 64 * 1024;

/** One entry of the queue, read. */
export interface Envelope {
  /** When it was handed to the queue, see `encodeStamp`; empty where its gateway takes no stamps. */
  readonly publishedAt: string;
  readonly messages: readonly ChatMessage[];
  /** Lines that are no message. */
  readonly rubbish: readonly Buffer[];
}

/**
 * One entry of the queue: several messages of one partition, in order, that are confirmed, redelivered and acknowledged
 * together. To the queue an entry costs the same with one message as with fifty.
 *
 * A line for the stamp, then a line for each message (see `encodeChatMessage`), which has no newline.
 */
export function encodeEnvelope(publishedAt: string, messages: readonly string[]): Buffer {
  return Buffer.from(`${publishedAt}\n${messages.join('\n')}`);
}

/** Never throws: what no gateway can have written is rubbish. */
export function decodeEnvelope(content: Buffer): Envelope {
  const [publishedAt, ...lines] = content.toString().split('\n');
  if (lines.length === 0 || !STAMP_OR_NOTHING.test(publishedAt!))
    return { publishedAt: '', messages: [], rubbish: [content] };
  const messages: ChatMessage[] = [];
  const rubbish: Buffer[] = [];
  for (const line of lines) {
    const message = decodeChatMessage(line);
    if (message === null) rubbish.push(Buffer.from(line));
    else messages.push(message);
  }
  return { publishedAt: publishedAt!, messages, rubbish };
}

const STAMP_OR_NOTHING = /^([0-9a-z]{6})?$/;

/** How many messages an entry holds, without reading them. */
export function countMessages(content: Buffer): number {
  let count = 0;
  for (let at = content.indexOf(NEWLINE); at >= 0; at = content.indexOf(NEWLINE, at + 1)) count++;
  return Math.max(1, count);
}

const NEWLINE = 10;
