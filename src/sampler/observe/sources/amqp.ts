import type { Socket } from 'node:net';
import { type ChannelModel, connect } from 'amqplib';
import type { AmqpAccess } from '../access.ts';
import { ANSWER_WITHIN_MS, holdLink, within } from '../hold-link.ts';
import type { Observation } from '../observation.ts';
import { openManagement } from './amqp-management.ts';
import { openBrokerMetrics } from './amqp-metrics.ts';

/**
 * What waits in queues, by passive declare: exact at the moment of the call, and nothing is declared by it. What is at consumers and
 * the rates are known to the broker's management API or metrics alone, each a series of its own with its own refresh.
 */
export function observeAmqp(name: string, { url, queues, management, prometheus }: AmqpAccess): readonly Observation[] {
  const link = holdLink(
    async () => {
      const connection = await connect(url, {
        clientProperties: { connection_name: 'chatbench observe' },
        timeout: ANSWER_WITHIN_MS,
      });
      // A broken connection shows as a failed reading; without a listener it would end the process.
      connection.on('error', () => {});
      const channel = await connection.createChannel();
      channel.on('error', () => {});
      return { connection, channel };
    },
    ({ connection }) => endConnection(connection),
  );
  const ready: Observation = {
    name,
    unit: 'number',
    read: () =>
      link.use(async ({ channel }) => {
        const answers = await Promise.all(queues.map((queue) => channel.checkQueue(queue)));
        return answers.reduce((sum, { messageCount }) => sum + messageCount, 0);
      }),
    close: link.close,
  };
  return [
    ready,
    ...(management === null ? [] : openManagement(name, management, vhostOf(url), queues)),
    ...(management !== null || prometheus === null ? [] : openBrokerMetrics(name, prometheus, vhostOf(url), queues)),
  ];
}

/** With the goodbye that the broker expects, as long as it answers. */
async function endConnection(model: ChannelModel): Promise<void> {
  const { stream } = model.connection as unknown as { readonly stream: Socket };
  await within(GOODBYE_WITHIN_MS, model.close()).catch(() => {});
  stream.destroy();
}

const GOODBYE_WITHIN_MS = 500;

/** "amqp://host" and "amqp://host/" are the vhost "/"; "amqp://host/%2f" too. */
function vhostOf(url: string): string {
  const path = new URL(url).pathname.slice(1);
  return path === '' ? '/' : decodeURIComponent(path);
}
