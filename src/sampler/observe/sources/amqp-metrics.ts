import type { Observation } from '../observation.ts';
import { type Part, shareReadings } from '../share-readings.ts';
import { RABBITMQ_REFRESH_US } from './amqp-management.ts';
import { openHttp } from './http.ts';
import { rateOf } from './prometheus.ts';
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
  const rate = (part: string, metric: string): Part<string> => {
    const toRate = rateOf();
    return {
      name: `${name}.${part}`,
      unit: 'perSecond',
      refreshUs: RABBITMQ_REFRESH_US,
      of: (text) => toRate(required(sumSamples(text, metric, {}), metric)),
    };
  };
  return shareReadings({ read: http.readText, close: http.close }, [
    {
      name: `${name}.unacked`,
      unit: 'number',
      refreshUs: RABBITMQ_REFRESH_US,
      of: (text) => readUnacked(text, vhost, queues),
    },
    rate('published', 'rabbitmq_global_messages_received_total'),
    rate('acknowledged', 'rabbitmq_global_messages_acknowledged_total'),
  ]);
}

/** The figure has another name at the endpoint for chosen families. @throws Error where the text has none of them */
function readUnacked(text: string, vhost: string, queues: readonly string[]): number {
  for (const metric of ['rabbitmq_queue_messages_unacked', 'rabbitmq_detailed_queue_messages_unacked']) {
    const perQueue = queues.map((queue) => sumSamples(text, metric, { vhost, queue }));
    if (perQueue.some((sum) => sum !== null)) return perQueue.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    const all = sumSamples(text, metric, {});
    if (all !== null) return all;
  }
  return required(null, 'rabbitmq_queue_messages_unacked');
}

function required(sum: number | null, metric: string): number {
  if (sum === null) throw new Error(`the metrics have no ${metric}`);
  return sum;
}
