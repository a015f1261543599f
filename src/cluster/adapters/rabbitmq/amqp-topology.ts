import { type Channel, connect } from 'amqplib';
import type { QueueType } from '../../../choices.ts';

export const EXCHANGE = 'chat';
export const DEAD_LETTERS = 'chat.dead';

/**
 * A quorum queue counts how often it handed an entry out, and gives it up as a dead letter after the limit. Workers sort out
 * themselves what cannot be stored and what ends them (see `BatchLoop`), after three tries; an entry that only happened to be near
 * when workers died must not reach the limit.
 *
 * Version 2 of classic queues, RabbitMQ's only one from 4.0 on, hands a message out sooner than version 1; a broker from before
 * 3.10 takes no notice of it.
 */
const ARGUMENTS = {
  classic: { 'x-queue-version': 2 },
  quorum: { 'x-queue-type': 'quorum', 'x-delivery-limit': 20 },
} as const satisfies Record<QueueType, object>;

/** Beyond it the oldest give way: what nobody looks at must not fill the broker's disk. */
const DEAD_LETTERS_LIMIT = { maxLength: 100_000, arguments: { 'x-max-length-bytes': 256 * 1024 * 1024 } };

export function queueOf(partition: number): string {
  return `chat.p${partition}`;
}

/** Those of all partitions, in order. */
export function listQueues(partitions: number): string[] {
  return Array.from({ length: partitions }, (_, partition) => queueOf(partition));
}

/**
 * Declares exchanges and queues; whoever comes first creates them, all others find them equal.
 * A message that no queue takes goes to the dead letters through the alternate exchange: the broker confirms such a
 * message too, and without that it would be lost after its sender was told otherwise.
 */
export async function declareTopology(
  channel: Channel,
  partitions: number,
  queueType: QueueType = 'classic',
): Promise<void> {
  await channel.assertExchange(DEAD_LETTERS, 'fanout', { durable: true });
  await channel.assertQueue(DEAD_LETTERS, { durable: true, ...DEAD_LETTERS_LIMIT });
  await channel.bindQueue(DEAD_LETTERS, DEAD_LETTERS, '');
  await channel.assertExchange(EXCHANGE, 'direct', { durable: true, alternateExchange: DEAD_LETTERS });
  for (const queue of listQueues(partitions)) {
    await channel.assertQueue(queue, {
      durable: true,
      deadLetterExchange: DEAD_LETTERS,
      arguments: { 'x-single-active-consumer': true, ...ARGUMENTS[queueType] },
    });
    await channel.bindQueue(queue, EXCHANGE, queue);
  }
}

/** Declares them over a connection of its own, for those who reach the queues by another protocol. */
export async function declareTopologyOnce(url: string, partitions: number, queueType: QueueType): Promise<void> {
  const connection = await connect(url);
  await declareTopology(await connection.createChannel(), partitions, queueType);
  await connection.close();
}
