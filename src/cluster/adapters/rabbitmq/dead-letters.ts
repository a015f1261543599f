import { type ConfirmChannel, connect, type GetMessage } from 'amqplib';
import { partitionOf } from '../../paths/partition-of.ts';
import { type ChatMessage, decodeChatMessage, encodeChatMessage } from '../../ports/chat-message.ts';
import { decodeEnvelope, encodeEnvelope } from '../../ports/envelope.ts';
import { PARTITIONS } from '../../ports/partitions.ts';
import { DEAD_LETTERS, EXCHANGE, queueOf } from './amqp-topology.ts';

/** What was put aside. */
export interface DeadLetter {
  /** Null where it is none. */
  readonly message: { readonly id: string; readonly room: string; readonly from: string; readonly at: number } | null;
  readonly bytes: number;
}

/** The oldest ones, at most so many; all of them stay where they are. Rejects where the broker cannot be reached. */
export function listDeadLetters(url: string, most: number): Promise<readonly DeadLetter[]> {
  return visit(url, most, async (entries) =>
    entries.flatMap(({ content }): DeadLetter[] => {
      const messages = readMessages(content);
      if (messages.length === 0) return [{ message: null, bytes: content.length }];
      return messages.map(({ id, room, from, at }) => ({
        message: { id, room, from, at: Number(at) },
        bytes: content.length,
      }));
    }),
  );
}

/**
 * Sends them to the workers again, at most so many, each as an entry of its own; one that is no message stays. A message is taken away
 * when the broker has confirmed its repetition: one that is cut off in between is sent twice, and stored once.
 */
export function replayDeadLetters(
  url: string,
  most: number,
): Promise<{ readonly replayed: number; readonly left: number }> {
  return visit(url, most, async (entries, channel) => {
    let [replayed, left] = [0, 0];
    for (const entry of entries) {
      const messages = readMessages(entry.content);
      if (messages.length === 0) {
        left++;
        continue;
      }
      for (const message of messages) {
        const routingKey = queueOf(partitionOf(message.room, PARTITIONS));
        channel.publish(EXCHANGE, routingKey, encodeEnvelope('', [encodeChatMessage(message)]), { persistent: true });
      }
      await channel.waitForConfirms();
      channel.ack(entry);
      replayed += messages.length;
    }
    return { replayed, left };
  });
}

/** A worker puts messages aside one by one; the broker, which knows nothing of them, the entry as it was. Without stamps: they are old. */
function readMessages(content: Buffer): readonly ChatMessage[] {
  const alone = decodeChatMessage(content.toString());
  const messages = alone === null ? decodeEnvelope(content).messages : [alone];
  return messages.map(({ hops: _, ...message }) => message);
}

/** What is not acknowledged is back in its place when the channel closes. */
async function visit<T>(
  url: string,
  most: number,
  look: (entries: readonly GetMessage[], channel: ConfirmChannel) => Promise<T>,
): Promise<T> {
  const connection = await connect(url);
  connection.on('error', () => {});
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    const entries: GetMessage[] = [];
    while (entries.length < most) {
      const entry = await channel.get(DEAD_LETTERS);
      if (entry === false) break;
      entries.push(entry);
    }
    const seen = await look(entries, channel);
    await channel.close();
    return seen;
  } finally {
    await connection.close().catch(() => {});
  }
}
