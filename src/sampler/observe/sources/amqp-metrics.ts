import type { Observation } from '../observation.ts';
import { RABBITMQ_REFRESH_US } from './amqp-management.ts';
import { openHttp } from './http.ts';
import { observePrometheus } from './prometheus.ts';
import { sumSamples } from './prometheus-text.ts';

/**
 * Messages at consumers by RabbitMQ's own metrics: of these queues where its endpoint tells queues apart (`/metrics/per-object`,
 * `/metrics/detailed`), else of all. The rates are those of the whole broker.
 */
export function openBrokerMetrics(
  name: string,
  url: string,
  vhost: string,
  queues: readonly string[],
): readonly Observation[] {
  const http = openHttp(url);
  const rate = (part: string, metric: string): Observation[] =>
    observePrometheus(`${name}.${part}`, { kind: 'prometheus', url, metric, labels: {}, as: 'rate' }).map((one) => ({
      ...one,
      refreshUs: RABBITMQ_REFRESH_US,
    }));
  return [
    {
      name: `${name}.unacked`,
      unit: 'number',
      refreshUs: RABBITMQ_REFRESH_US,
      async read() {
        const text = await http.readText();
        return readUnacked(text, vhost, queues);
      },
      close: http.close,
    },
    ...rate('published', 'rabbitmq_global_messages_received_total'),
    ...rate('acknowledged', 'rabbitmq_global_messages_acknowledged_total'),
  ];
}

/** The figure has another name at the endpoint for chosen families. @throws Error where the text has none of them */
function readUnacked(text: string, vhost: string, queues: readonly string[]): number {
  for (const metric of ['rabbitmq_queue_messages_unacked', 'rabbitmq_detailed_queue_messages_unacked']) {
    const perQueue = queues.map((queue) => sumSamples(text, metric, { vhost, queue }));
    if (perQueue.some((sum) => sum !== null)) return perQueue.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    const all = sumSamples(text, metric, {});
    if (all !== null) return all;
  }
  throw new Error('the metrics have no rabbitmq_queue_messages_unacked');
}
