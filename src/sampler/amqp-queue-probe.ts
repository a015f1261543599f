import { type Channel, type ChannelModel, connect } from 'amqplib';
import { openGaugeReader } from './http-gauges.ts';
import type { QueueProbe } from './queue-probe.ts';

interface Link {
  readonly connection: ChannelModel;
  readonly channel: Channel;
}

/**
 * Depth by AMQP passive declare, which is exact at the moment of the call; the management API's statistics are up to five
 * seconds old and have shown 0 through a backlog of thousands. Passive declare counts ready messages only, so the workers'
 * own gauges add what has been handed out and not acknowledged.
 *
 * A broker that is gone shows as readings that fail; once it is back, so are they. Rejects where it cannot be reached now.
 *
 * @param workerStats HTTP addresses, one per worker, that answer `{"inFlight": number}`
 */
export async function openAmqpQueueProbe(
  url: string,
  queues: readonly string[],
  workerStats: readonly string[],
): Promise<QueueProbe> {
  let link: Link | null = null;
  const open = async (): Promise<Link> => {
    const connection = await connect(url, { clientProperties: { connection_name: 'chatbench sampler' } });
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
  const workers = workerStats.map(openGaugeReader);
  return {
    source: 'amqp',
    async read() {
      const { channel } = link ?? (await open());
      const [depths, inFlight] = await Promise.all([
        Promise.all(queues.map((queue) => channel.checkQueue(queue))),
        Promise.all(workers.map((worker) => worker.read())).catch(() => null),
      ]);
      return {
        ready: depths.reduce((sum, depth) => sum + depth.messageCount, 0),
        inFlight: inFlight === null ? null : inFlight.reduce((sum, gauges) => sum + (gauges.inFlight ?? 0), 0),
      };
    },
    async close() {
      await Promise.allSettled([link?.connection.close(), ...workers.map((worker) => worker.close())]);
    },
  };
}
