import type { Channel } from 'amqplib';

export const EXCHANGE = 'chat';
export const DEAD_LETTERS = 'chat.dead';

export function queueOf(partition: number): string {
  return `chat.p${partition}`;
}

/**
 * Declares exchanges and queues; whoever comes first creates them, all others find them equal.
 * A message that no queue takes goes to the dead letters through the alternate exchange: the broker confirms such a
 * message too, and without that it would be lost after its sender was told otherwise.
 */
export async function declareTopology(channel: Channel, partitions: number): Promise<void> {
  await channel.assertExchange(DEAD_LETTERS, 'fanout', { durable: true });
  await channel.assertQueue(DEAD_LETTERS, { durable: true });
  await channel.bindQueue(DEAD_LETTERS, DEAD_LETTERS, '');
  await channel.assertExchange(EXCHANGE, 'direct', { durable: true, alternateExchange: DEAD_LETTERS });
  for (let partition = 0; partition < partitions; partition++) {
    const queue = queueOf(partition);
    await channel.assertQueue(queue, {
      durable: true,
      deadLetterExchange: DEAD_LETTERS,
      arguments: { 'x-single-active-consumer': true },
    });
    await channel.bindQueue(queue, EXCHANGE, queue);
  }
}
