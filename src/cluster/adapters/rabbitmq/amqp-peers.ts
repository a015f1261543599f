import type { Channel } from 'amqplib';

/** Exchange of what workers tell each other. */
export const PEERS = 'chat.workers';

/** A worker that does not read loses the oldest notices: they are told again. */
const QUEUE = { exclusive: true, autoDelete: true, durable: false, maxLength: 1_000 };

/** From now on hears what any worker tells, until the channel closes. */
export async function joinPeers(channel: Channel, onTold: (notice: string) => void): Promise<void> {
  await channel.assertExchange(PEERS, 'fanout', { durable: true });
  const { queue } = await channel.assertQueue('', QUEUE);
  await channel.bindQueue(queue, PEERS, '');
  await channel.consume(queue, (message) => message !== null && onTold(message.content.toString()), { noAck: true });
}
