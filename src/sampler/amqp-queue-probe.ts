import { type Channel, type ChannelModel, connect } from 'amqplib';
import { EntrySizes } from './entry-sizes.ts';
import { openGaugeReader } from './http-gauges.ts';
import type { QueueProbe } from './queue-probe.ts';

export interface AmqpQueueAccess {
  readonly url: string;
  readonly queues: readonly string[];
  /** HTTP addresses, one per worker, that answer `{"inFlight": number}`. */
  readonly workerStats: readonly string[];
  /** HTTP addresses, one per gateway, that answer `{"published": messages, "entries": entries of the queue}`. */
  readonly gatewayStats: readonly string[];
}

interface Link {
  readonly connection: ChannelModel;
  readonly channel: Channel;
}

/**
 * Depth by AMQP passive declare, which is exact at the moment of the call; the management API's statistics are up to five
 * seconds old and have shown 0 through a backlog of thousands. Passive declare counts ready entries only: the gateways'
 * counters tell how many messages are in them, and the workers' own gauges add what has been handed out and not acknowledged.
 *
 * A broker that is gone shows as readings that fail; once it is back, so are they. Rejects where it cannot be reached now.
 */
export async function openAmqpQueueProbe(access: AmqpQueueAccess): Promise<QueueProbe> {
  let link: Link | null = null;
  const open = async (): Promise<Link> => {
    const connection = await connect(access.url, { clientProperties: { connection_name: 'chatbench sampler' } });
    // A broken connection shows as a failed reading; without a listener it would end the process.
    connection.on('error', () => {});
    connection.on('close', () => {
      if (link?.connection === connection) link = null;
    });
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    link = { connection, channel };
    return link;
  };
  await open();
  const workers = access.workerStats.map(openGaugeReader);
  const gateways = access.gatewayStats.map(openGaugeReader);
  const sizes = new EntrySizes();
  return {
    source: 'amqp',
    async read() {
      const { channel } = link ?? (await open());
      const [depths, published, inFlight] = await Promise.all([
        Promise.all(access.queues.map((queue) => channel.checkQueue(queue))),
        Promise.all(gateways.map((gateway) => gateway.read())),
        Promise.all(workers.map((worker) => worker.read())).catch(() => null),
      ]);
      sizes.note(sumOf(published, 'entries'), sumOf(published, 'published'));
      return {
        ready: sizes.messagesIn(depths.reduce((sum, depth) => sum + depth.messageCount, 0)),
        inFlight: inFlight === null ? null : sumOf(inFlight, 'inFlight'),
      };
    },
    async close() {
      await Promise.allSettled([
        link?.connection.close(),
        ...[...workers, ...gateways].map((reader) => reader.close()),
      ]);
    },
  };
}

function sumOf(gauges: readonly Readonly<Record<string, number>>[], name: string): number {
  return gauges.reduce((sum, gauge) => sum + (gauge[name] ?? 0), 0);
}
